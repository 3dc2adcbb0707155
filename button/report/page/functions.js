// The functions that were offered: signature, description, parameters and returned values.

import { el } from "./text.js";

export function functionList(functions, called) {
  return el("div", { class: "functions" }, functions.map((one) => oneFunction(one, called.has(one.name))));
}

function oneFunction(one, called) {
  const details = el(
    "details",
    { class: "function" },
    el("summary", {}, el("code", { dir: "auto" }, one.name), called ? null : el("span", { class: "fault" }, " not called"), el("span", { class: "about", dir: "auto" }, ` ${one.description}`)),
  );
  details.addEventListener("toggle", () => details.childElementCount === 1 && details.append(
    part("takes", one.parameters), part("returns", one.returns)), { once: true });
  return details;
}

function part(title, schema) {
  const properties = Object.entries(schema?.properties ?? {});
  const required = Array.isArray(schema?.required) ? schema.required : [];
  return el(
    "section",
    {},
    el("h4", {}, title),
    properties.length
      ? el("ul", {}, properties.map(([name, inner]) => el(
        "li",
        { dir: "auto" },
        el("code", {}, name),
        el("span", { class: "type" }, ` ${typeOf(inner)}${required.includes(name) ? "" : ", optional"}`),
        inner?.description ? ` ${inner.description}` : null,
      )))
      : el("p", { class: "about" }, "nothing"),
  );
}

function typeOf(schema) {
  if (schema === null || typeof schema !== "object") return "any";
  if (Array.isArray(schema.enum)) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  if (schema.type === "array") return `array of ${typeOf(schema.items)}`;
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : schema.type ?? "any";
  return schema.format ? `${type} (${schema.format})` : type;
}
