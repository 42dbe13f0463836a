// Lists the operations of /openapi.json. Everything is set as text, so nothing in the schema can become markup.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function resolved(schema, components, depth = 0) {
  if (schema === null || typeof schema !== "object" || depth > 8) return schema;
  if (Array.isArray(schema)) return schema.map((each) => resolved(each, components, depth + 1));
  if (typeof schema.$ref === "string") {
    return resolved(components[schema.$ref.split("/").pop()], components, depth + 1);
  }
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name, value]) => !(name === "title" && typeof value === "string"))
      .map(([name, value]) => [name, resolved(value, components, depth + 1)]),
  );
}

function block(title, schema, components) {
  const shown = JSON.stringify(resolved(schema, components), null, 2);
  return [element("h4", {}, title), element("pre", {}, shown)];
}

function parameters(operation) {
  const rows = (operation.parameters || []).map((each) =>
    element(
      "tr",
      {},
      element("td", {}, element("code", {}, each.name)),
      element("td", { class: "dim" }, each.in + (each.required ? ", required" : "")),
      element("td", {}, each.description || ""),
    ),
  );
  return rows.length ? [element("table", {}, ...rows)] : [];
}

function operationOf(path, method, operation, components, refusals) {
  const shown = element(
    "details",
    { "data-text": `${method} ${path} ${operation.summary || ""}`.toLowerCase() },
    element(
      "summary",
      {},
      element("span", { class: `method ${method}` }, method),
      element("span", { class: "path" }, path),
      " ",
      element("span", { class: "dim" }, operation.summary || ""),
    ),
  );
  shown.addEventListener(
    "toggle",
    () => {
      shown.append(element("p", {}, operation.description || ""), ...parameters(operation));
      for (const [type, content] of Object.entries(operation.requestBody?.content || {})) {
        if (content.example) shown.append(...block("example 示例", content.example, {}));
        shown.append(...block(`body · ${type}`, content.schema, components));
      }
      for (const [status, response] of Object.entries(operation.responses || {})) {
        if (response.$ref) {
          shown.append(element("p", {}, element("code", {}, status), " ", refusals[response.$ref.split("/").pop()].description));
        }
        for (const [type, content] of Object.entries(response.content || {})) {
          if (content.schema) shown.append(...block(`${status} · ${type}`, content.schema, components));
        }
      }
    },
    { once: true },
  );
  return shown;
}

function show(schema) {
  document.getElementById("title").textContent = `${schema.info.title} ${schema.info.version}`;
  document.getElementById("description").textContent = schema.info.description || "";
  const components = schema.components?.schemas || {};
  const refusals = schema.components?.responses || {};
  const byTag = new Map();
  for (const [path, operations] of Object.entries(schema.paths)) {
    for (const method of METHODS.filter((each) => each in operations)) {
      const operation = operations[method];
      const tag = [...(operation["x-casetrail-services"] || []), ...(operation.tags || [])].join(" · ");
      if (!byTag.has(tag)) byTag.set(tag, []);
      byTag.get(tag).push(operationOf(path, method, operation, components, refusals));
    }
  }
  const sections = [...byTag].map(([tag, operations]) =>
    element("section", {}, element("h2", {}, tag), ...operations),
  );
  document.getElementById("operations").replaceChildren(...sections);
}

function filter(event) {
  const wanted = event.target.value.toLowerCase();
  for (const each of document.querySelectorAll("details")) {
    each.hidden = !each.dataset.text.includes(wanted);
  }
}

document.getElementById("filter").addEventListener("input", filter);
fetch("/openapi.json")
  .then((answer) => {
    if (!answer.ok) throw new Error(`openapi.json: ${answer.status}`);
    return answer.json();
  })
  .then(show)
  .catch((error) => {
    document.getElementById("operations").textContent = String(error);
  });
