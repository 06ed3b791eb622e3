// Puts the interactive chart in place of the drawn one; whatever fails leaves the drawing where it is.
"use strict";
// On a small screen a chart is drawn narrower, so that its letters stay readable, and panels go under each other.
function narrow(text) {
  const lines = [""];
  for (const word of text.split(/\s/)) {
    const last = lines[lines.length - 1];
    if (last && last.length + 1 + word.length > 22) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`.trim();
  }
  return lines.join("\n");
}
function narrowLabels(spec) {
  for (const rows of Object.values(spec.datasets)) for (const row of rows) if (row.label) row.label = narrow(row.label);
  for (const { encoding: { y } } of spec.layer) if (y && Array.isArray(y.sort)) y.sort = y.sort.map(narrow);
  const lines = spec.layer[0].encoding.y.sort.map(label => label.split("\n").length);
  spec.height = { step: 15 * Math.max(...lines) + 8 };
}
function fit(spec, kind) {
  if (window.innerWidth >= 600) return spec;
  spec.config.legend.columns = 1;
  spec.config.axis.labelOverlap = true;
  if (kind === "bars" || kind === "shares") narrowLabels(spec);
  if (spec.hconcat) {
    spec.vconcat = spec.hconcat;
    delete spec.hconcat;
    for (const part of spec.vconcat) for (const { encoding } of part.layer) {
      if (encoding.y && encoding.y.axis && encoding.y.axis.labels === false) encoding.y.axis.labels = true;
    }
  }
  for (const part of spec.vconcat || [spec]) {
    if (typeof part.height === "object") part.width = 150;
    else if (kind === "funnel") {
      part.width = 205;
      for (const { encoding: { color } } of part.layer) if (color && color.legend) delete color.legend.columns;
    }
  }
  return spec;
}
for (const place of document.querySelectorAll(".vega")) {
  const spec = fit(JSON.parse(document.getElementById(place.dataset.spec).textContent), place.dataset.soort);
  window.vegaEmbed(place, spec, {
    mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
    formatLocale: { decimal: ",", thousands: ".", grouping: [3], currency: ["€\u00a0", ""] },
    loader: { load: () => Promise.reject(new Error("geen netwerk")) },
  }).then(() => {
    place.querySelector("svg").setAttribute("aria-hidden", "true");
    place.parentElement.classList.add("klaar");
  }).catch(() => place.replaceChildren());
}
window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
});
