// Elements made from plain values. Text is always a text node, so that no name of a camera or zone can become markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element: functions under "on..." listen, booleans are there or not, null is left out. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same of SVG. */
export function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") node.toggleAttribute(name, value);
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A picture of icons.svg. */
export function icon(name) {
  return s("svg", { class: "icon", "aria-hidden": "true" }, s("use", { href: `icons.svg#${name}` }));
}

/** A button with an icon and a text; the text alone is read to those who can't see it where it is hidden. */
export function button(text, { name, look = "", ...attributes } = {}) {
  const shown = look.includes("round") ? { "aria-label": text, title: text } : {};
  const content = look.includes("round") ? [] : [h("span", {}, text)];
  return h("button", { type: "button", class: look, ...shown, ...attributes }, name ? icon(name) : null, ...content);
}

/** A labelled field of a form. */
export function field(text, input, hint = "") {
  return h(
    "label",
    { class: "field" },
    h("span", { class: "label" }, text),
    input,
    hint && h("span", { class: "hint" }, hint),
  );
}

/** A select: options as [value, text]. */
export function select(options, chosen, attributes = {}) {
  return h(
    "select",
    attributes,
    options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)),
  );
}

/** A switch with its text. */
export function toggle(text, on, changed, attributes = {}) {
  const box = h("input", {
    type: "checkbox",
    role: "switch",
    checked: on,
    onchange: () => changed(box.checked),
    ...attributes,
  });
  return h("label", { class: "toggle" }, box, h("span", {}, text));
}

/** The same as a pill, where there is little room. */
export function pill(text, on, changed) {
  const box = h("input", { type: "checkbox", checked: on, onchange: () => changed(box.checked) });
  return h("label", { class: "pill" }, box, h("span", {}, text));
}

/** Set a text only where it differs: an aria-live region must not repeat itself. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
