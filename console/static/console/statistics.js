// Draws the charts of the statistics with Chart.js. The page's tables contain every number too.
"use strict";

(() => {
  const element = document.getElementById("charts");
  if (!element || !window.Chart) return;
  const data = JSON.parse(element.textContent);
  const number = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const OUTCOMES = {
    answered: "--good", asked_back: "--warn", abandoned: "--soft", person: "--info", request: "--brand", contacts: "--ink",
    fallback: "--bad", ongoing: "--line",
  };

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = (more = {}) => ({
    grid: { color: colour("--line") },
    border: { display: false },
    ...more,
    ticks: { color: colour("--soft"), maxRotation: 0, callback: (value) => number.format(value), ...more.ticks },
  });
  const days = () => axis({ grid: { display: false }, ticks: { autoSkipPadding: 12 } });
  const lines = (sets, top) => ({
    type: "line",
    data: {
      labels: data.days,
      datasets: sets.map((one) => ({
        label: one.label,
        data: one.values,
        borderColor: colour(`--${one.name}`),
        backgroundColor: colour(`--${one.name}`),
        borderWidth: 2,
        pointRadius: data.days.length > 40 ? 0 : 2.5,
        spanGaps: true,
      })),
    },
    options: { scales: { x: days(), y: axis({ beginAtZero: true, max: top }) } },
  });

  const drawings = {
    outcomes: () => ({
      type: "bar",
      data: {
        labels: data.days,
        datasets: data.outcomes.map((one) => ({
          label: one.label,
          data: one.values,
          backgroundColor: colour(OUTCOMES[one.name]),
        })),
      },
      options: { scales: { x: { ...days(), stacked: true }, y: { ...axis({ ticks: { precision: 0 } }), stacked: true } } },
    }),
    rates: () => lines(data.rates, 100),
    ratings: () => lines(data.ratings, 100),
    waits: () => lines(data.waits),
    topics: () => ({
      type: "bar",
      data: {
        labels: data.topics.labels,
        datasets: [{ data: data.topics.values, backgroundColor: colour("--brand"), maxBarThickness: 18 }],
      },
      options: {
        indexAxis: "y",
        plugins: { legend: { display: false } },
        scales: {
          x: axis({ beginAtZero: true, ticks: { precision: 0 } }),
          y: axis({ grid: { display: false }, ticks: { callback: shortened, autoSkip: false } }),
        },
      },
    }),
  };

  function shortened(_, index) {
    const label = data.topics.labels[index];
    const most = innerWidth < 600 ? 18 : 30;
    return label.length > most ? `${label.slice(0, most - 1)}…` : label;
  }

  // A day's labels are text, not numbers.
  const asWritten = function (value) {
    return this.getLabelForValue(value);
  };

  let drawn = [];
  const draw = () => {
    for (const chart of drawn) chart.destroy();
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.color = colour("--ink");
    drawn = [...document.querySelectorAll("[data-chart]")].map((canvas) => {
      const chart = drawings[canvas.dataset.chart]();
      if (canvas.dataset.chart !== "topics") chart.options.scales.x.ticks.callback = asWritten;
      chart.options = {
        animation: false,
        maintainAspectRatio: false,
        locale: "fr-FR",
        interaction: { mode: "index", intersect: false, axis: canvas.dataset.chart === "topics" ? "y" : "x" },
        ...chart.options,
        plugins: { legend: { position: "bottom", labels: { boxWidth: 12, boxHeight: 12 } }, ...chart.options.plugins },
      };
      return new Chart(canvas, chart);
    });
  };
  draw();
  dark.addEventListener("change", draw);
})();
