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
  const lines = (sets, top, labels = data.days) => ({
    type: "line",
    data: {
      labels,
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
    automation: () => lines(data.automation, 100),
    accuracy: () => lines(data.accuracy.sets, 100, data.accuracy.weeks),
    topics: () => bars(data.topics.labels, [{ data: data.topics.values, backgroundColor: colour("--brand") }]),
    resolved: () => bars(data.resolved.labels, data.resolved.sets.map((one) => ({
      label: one.label, data: one.values, backgroundColor: colour(`--${one.name}`),
    }))),
    automation_question: () => shares(data.automation_question),
    automation_version: () => shares(data.automation_version),
    accuracy_question: () => shares(data.accuracy_question),
    accuracy_version: () => shares(data.accuracy_version),
  };

  // Horizontal bars up to 100 %. The tooltip shows the total count; a thin bar shows the interval, if there is one.
  function shares({ labels, counts, sets, margins }) {
    const parts = sets.map((one) => ({ label: one.label, data: one.values, backgroundColor: colour(`--${one.name}`) }));
    const chart = bars(labels, parts);
    if (margins) chart.data.datasets.unshift(ofMargins(margins));
    // Topic and question on separate lines: truncated labels of one topic would be identical.
    chart.options.scales.y.ticks.callback = (_, index) => labels[index].split(" › ").map(shortened);
    chart.options.scales.x.max = 100;
    chart.options.plugins = {
      tooltip: { callbacks: { afterTitle: (items) => counts[items[0].dataIndex], label: said } },
    };
    return chart;
  }

  // The thin bar of the interval. An outline separates it from the bar below, whose colour may be similar.
  const ofMargins = (margins) => ({
    label: "fourchette (95\u00a0%)",
    data: margins,
    grouped: false,
    barThickness: 6,
    backgroundColor: colour("--ink"),
    borderColor: colour("--card"),
    borderWidth: 2,
    borderSkipped: false,
  });

  // « exactitude : 90 % », « fourchette (95 %) : 60 à 98 % »
  const said = ({ dataset, raw }) => {
    const values = [raw].flat().map((value) => number.format(value));
    return `${dataset.label}\u00a0: ${values.join(" à ")}\u00a0%`;
  };

  const shortened = (label) => {
    const most = innerWidth < 600 ? 18 : 30;
    return label.length > most ? `${label.slice(0, most - 1)}…` : label;
  };

  // Horizontal bars, stacked if there are several sets.
  function bars(labels, sets) {
    const stacked = sets.length > 1;
    const name = (_, index) => shortened(labels[index]);
    return {
      type: "bar",
      data: { labels, datasets: sets.map((one) => ({ maxBarThickness: 18, ...one })) },
      options: {
        indexAxis: "y",
        plugins: stacked ? {} : { legend: { display: false } },
        scales: {
          x: { ...axis({ beginAtZero: true, ticks: { precision: 0 } }), stacked },
          y: { ...axis({ grid: { display: false }, ticks: { callback: name, autoSkip: false } }), stacked },
        },
      },
    };
  }

  // Chart.js passes an index; show the label itself, for example a day.
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
      const isHorizontal = chart.options.indexAxis === "y";
      if (!isHorizontal) chart.options.scales.x.ticks.callback = asWritten;
      chart.options = {
        animation: false,
        maintainAspectRatio: false,
        locale: "fr-FR",
        interaction: { mode: "index", intersect: false, axis: isHorizontal ? "y" : "x" },
        ...chart.options,
        plugins: { legend: { position: "bottom", labels: { boxWidth: 12, boxHeight: 12 } }, ...chart.options.plugins },
      };
      return new Chart(canvas, chart);
    });
  };
  draw();
  dark.addEventListener("change", draw);
})();
