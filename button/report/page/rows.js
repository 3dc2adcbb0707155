// One row with what the page derives from it.

import { placeOf, readChunk } from "./data.js";

export async function readRow(number) {
  const [where, at] = placeOf(number);
  const chunk = await readChunk(where);
  const row = chunk.rows[at];
  return { ...row, functions: (row.tools ?? []).map((place) => chunk.functions[place]) };
}

// Every call with its place, its sub-task and its leaves.
export function callsOf(row) {
  const calls = [];
  let turn = 0;
  row.messages.forEach((message, index) => {
    if (message.role !== "assistant") return;
    turn += 1;
    (message.tool_calls ?? []).forEach((call, position) => {
      calls.push({
        id: call.id,
        name: call.function.name,
        arguments: call.function.arguments,
        message: index,
        position,
        turn,
        subTask: row.links?.[call.id],
        origins: row.provenance?.[call.id] ?? {},
      });
    });
  });
  return calls;
}

// [path, value] of each scalar, as the record names them.
export function leavesOf(value, path = "$", depth = 0) {
  if (value === null || typeof value !== "object" || depth > 40) return [[path, value]];
  const inner = Array.isArray(value)
    ? value.map((each, index) => [`${path}[${index}]`, each])
    : Object.entries(value).map(([name, each]) => [`${path}.${name}`, each]);
  return inner.flatMap(([place, each]) => leavesOf(each, place, depth + 1));
}

// {from, to, names}: which call's result supplied which arguments of which call.
export function edgesOf(calls) {
  const edges = new Map();
  const known = new Set(calls.map((call) => call.id));
  for (const call of calls) {
    for (const [path, origin] of Object.entries(call.origins)) {
      if (!origin.call || !known.has(origin.call) || origin.call === call.id) continue;
      const key = JSON.stringify([origin.call, call.id]);
      if (!edges.has(key)) edges.set(key, { from: origin.call, to: call.id, names: [] });
      edges.get(key).names.push(path.replace(/^\$\./, ""));
    }
  }
  return [...edges.values()];
}

// All texts of a row in one, for the search in whole rows.
export function textOf(row) {
  const parts = [];
  const walk = (value, depth) => {
    if (typeof value === "string") parts.push(value);
    else if (value !== null && typeof value === "object" && depth < 60) {
      for (const inner of Object.values(value)) walk(inner, depth + 1);
    } else if (value !== null && value !== undefined) parts.push(String(value));
  };
  for (const message of row.messages ?? []) {
    parts.push(message.content ?? "", message.thought ?? "");
    walk(message.tool_calls?.map((call) => [call.function.name, call.id, call.function.arguments]), 0);
  }
  walk([row.task, row.scenario, row.findings, row.detail, row.judgements?.map((vote) => vote.reason)], 0);
  return parts.join("\n").toLowerCase();
}
