"use strict";
(() => {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const language = () => (root.dataset.language === "en" ? "en" : "zh");

  function layoutOf(figure) {
    const axis = (given) => ({ ...given, gridcolor: colour("--grid"), zerolinecolor: colour("--rule"), linecolor: colour("--rule") });
    return {
      ...figure.layout,
      xaxis: axis(figure.layout.xaxis),
      yaxis: axis(figure.layout.yaxis),
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: colour("--ink") },
      separators: ".,",
    };
  }

  function draw() {
    for (const [key, figures] of Object.entries(charts)) {
      const figure = figures[language()];
      const place = document.getElementById("chart-" + key);
      Plotly.react(place, structuredClone(figure.data), layoutOf(figure), { displayModeBar: false, responsive: true });
    }
  }

  function speak(to) {
    root.dataset.language = to;
    root.lang = to === "en" ? "en" : "zh-CN";
    document.title = document.querySelector("h1 [lang=" + to + "]").textContent;
    for (const labelled of document.querySelectorAll("[data-zh]")) {
      labelled.setAttribute("aria-label", labelled.dataset[to]);
    }
    draw();
  }

  document.getElementById("language").addEventListener("click", () => speak(language() === "en" ? "zh" : "en"));
  dark.addEventListener("change", draw);
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const one of opened) one.open = true;
    draw();
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
    draw();
  });
  speak((navigator.language || "zh").startsWith("zh") ? "zh" : "en");
})();
