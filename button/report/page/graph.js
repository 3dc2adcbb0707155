// The call graph: calls stand in the row of their turn, lines are results that became arguments.

import { el, svg, plural, shorten } from "./text.js";
import { edgesOf } from "./rows.js";

const WIDTH = 190, HEIGHT = 46, GAP = 22, RISE = 52, LEFT = 58, TOP = 6, LETTER = 6.7, ASIDE = 44, STEP = 30;

export function callGraph(calls) {
  const turns = [...new Set(calls.map((call) => call.turn))];
  const rows = turns.map((turn) => calls.filter((call) => call.turn === turn));
  const widest = Math.max(...rows.map((row) => row.length));
  const edges = edgesOf(calls);
  const level = new Map(calls.map((call) => [call.id, turns.indexOf(call.turn)]));
  const far = edges.filter((edge) => level.get(edge.to) - level.get(edge.from) !== 1);
  const right = LEFT + widest * (WIDTH + GAP) - GAP;
  const width = right + (far.length ? aside(far) + far.length * STEP + widthOf(far) / 2 : GAP);
  const height = TOP * 2 + rows.length * HEIGHT + (rows.length - 1) * RISE;
  const places = new Map();
  rows.forEach((row, index) => {
    const indent = ((widest - row.length) * (WIDTH + GAP)) / 2;
    row.forEach((call, place) => {
      places.set(call.id, { x: LEFT + indent + place * (WIDTH + GAP), y: TOP + index * (HEIGHT + RISE) });
    });
  });
  // A result that skips a turn goes around the calls between.
  const routes = edges.map((edge) => (far.includes(edge)
    ? around(edge, places, right + aside(far) + far.indexOf(edge) * STEP) : straight(edge, places)));
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height, class: "graph", role: "group", "aria-label": spoken(calls, edges) },
    arrow(),
    turns.map((turn, index) => turnLabel(turn, TOP + index * (HEIGHT + RISE) + HEIGHT / 2)),
    edges.map((edge, index) => line(edge, routes[index])),
    calls.map((call) => box(call, places.get(call.id))),
    edges.map((edge, index) => label(edge, routes[index])),
  );
  return el("div", { class: "scroll graph-box", tabindex: "-1" }, drawing);
}

function spoken(calls, edges) {
  const names = new Map(calls.map((call) => [call.id, call.name]));
  const told = edges.map((edge) => `${names.get(edge.from)} gives ${edge.names.join(", ")} to ${names.get(edge.to)}`);
  return `Call graph. ${told.join("; ") || "No call needs the result of another."}`;
}

function arrow() {
  const head = svg("path", { d: "M0 0 L8 4 L0 8 z", class: "head" });
  return svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto" }, head));
}

function turnLabel(turn, y) {
  return svg("text", { x: 0, y: y + 4, class: "turn" }, `turn ${turn}`);
}

function straight(edge, places) {
  const from = places.get(edge.from), to = places.get(edge.to);
  const x1 = from.x + WIDTH / 2, y1 = from.y + HEIGHT, x2 = to.x + WIDTH / 2, y2 = to.y - 2;
  const bend = Math.abs(y2 - y1) / 2;
  return {
    d: `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`,
    x: (x1 + x2) / 2,
    y: (y1 + y2) / 2,
  };
}

function around(edge, places, x) {
  const from = places.get(edge.from), to = places.get(edge.to);
  const x1 = from.x + WIDTH, y1 = from.y + HEIGHT * 0.68, x2 = to.x + WIDTH + 2, y2 = to.y + HEIGHT * 0.32;
  return {
    d: `M${x1} ${y1} C${x} ${y1} ${x} ${y1} ${x} ${(y1 + y2) / 2} S${x} ${y2} ${x2} ${y2}`,
    x,
    y: (y1 + y2) / 2,
  };
}

function line(edge, { d }) {
  return svg("path", { d, class: "edge", "marker-end": "url(#arrow)", "data-from": edge.from, "data-to": edge.to });
}

function namesOf(edge) {
  return shorten(edge.names.join(", "), 30);
}

// The widest label of some lines, and how far from the calls it has room.
function widthOf(edges) {
  return Math.max(...edges.map((edge) => namesOf(edge).length)) * LETTER + 12;
}

function aside(edges) {
  return Math.max(ASIDE, widthOf(edges) / 2 + 4);
}

function label(edge, { x, y }) {
  const names = namesOf(edge);
  const wide = names.length * LETTER + 8;
  return svg("g", { class: "edge-label" },
    svg("rect", { x: x - wide / 2, y: y - 8, width: wide, height: 16 }),
    svg("text", { x, y: y + 4, "text-anchor": "middle" }, names));
}

function box(call, { x, y }) {
  const from = Object.values(call.origins);
  const results = from.filter((origin) => origin.source === "result").length;
  const about = `${call.subTask ? `${call.subTask} · ` : ""}${results ? `${results} of ${from.length} from results` : plural(from.length, "argument")}`;
  return svg(
    "g",
    { class: "node", tabindex: "0", role: "link", "data-call": call.id, "data-sub": call.subTask, "aria-label": `${call.name}, turn ${call.turn}, ${about}` },
    svg("title", {}, call.name),
    svg("rect", { x, y, width: WIDTH, height: HEIGHT, rx: 5 }),
    svg("text", { x: x + 10, y: y + 19, class: "function" }, shorten(call.name, 24)),
    svg("text", { x: x + 10, y: y + 36, class: "small" }, shorten(about, 32)),
  );
}
