/* The legend: symbols with counts, which are also the switches of the layers; and the switches over the map. */
(function (dg) {
  "use strict";

  const h = dg.h, say = dg.say;

  function section(title, ...children) {
    return h("section", h("h2", title), ...children);
  }

  function toggle(picture, text, count, holder, key, id) {
    const box = h("input");
    box.type = "checkbox";
    box.checked = holder[key];
    box.id = id;
    box.addEventListener("change", function () {
      holder[key] = box.checked;
      dg.change();
    });
    const label = h("label.dg-row", box, picture, h("span.dg-text", text), count === null ? "" : h("span.dg-count", count));
    label.htmlFor = id;
    return label;
  }

  function coverage() {
    const villages = dg.countStatus(dg.table.villages), towns = dg.countStatus(dg.table.townships);
    const table = h("table.dg-status", h("tr", h("th"), h("th", say("legend.villages")), h("th", say("legend.townships"))));
    for (const status of [0, 1, 2, 3]) {
      if (status === dg.NEWLY_SERVED && dg.view.time === "before") continue;
      const name = h("th", dg.statusSwatch(status), h("span", say("status." + status)));
      const row = h("tr", name, h("td", dg.number(villages[status])), h("td", dg.number(towns[status])));
      row.dataset.status = status;
      table.append(row);
    }
    const fragile = dg.table.villages.id.filter((_, row) => dg.isFragile(dg.table.villages, row)).length;
    const row = fragile ? toggle(dg.fragileSwatch(), say("layer.fragile"), dg.number(fragile), dg.shown, "fragile", "dg-layer-fragile") : "";
    const shown = say("service." + dg.view.service) + " · " + say("time." + dg.view.time);
    return h("section", h("h2", say("legend.status") + " ", h("small", shown)), table, row);
  }

  function reasons() {
    if (dg.view.time === "before") return "";
    const counts = dg.countReasons(dg.table.villages), list = h("div.dg-reasons");
    for (const reason of dg.reasonWords.filter((r) => counts[r])) {
      const button = h("button", h("span", say("reason." + reason)), h("span.dg-count", dg.number(counts[reason])));
      button.type = "button";
      button.dataset.reason = reason;
      button.setAttribute("aria-pressed", dg.view.reason === reason);
      button.addEventListener("click", () => dg.change({ reason: dg.view.reason === reason ? "" : reason }));
      list.append(button);
    }
    const none = !list.childElementCount;
    return section(say("legend.reasons"), h("p.dg-hint", say(none ? "legend.reasons.none" : "legend.reasons.hint")), list);
  }

  function assets(kind, title) {
    if (!dg.inView(kind)) return "";
    const counts = dg.countStates(dg.table[kind]);
    const rows = dg.STATES.filter((state) => dg.view.time === "after" || state === "existing" || state === "unused");
    return section(title, ...rows.map((state) =>
      toggle(dg.assetSwatch(kind, state), say("state." + state), dg.number(counts[state]), dg.shown[kind], state, "dg-" + kind + "-" + state)));
  }

  function routes() {
    if (!dg.inView("routes")) return "";
    const table = dg.table.routes, counts = {}, length = {};
    for (let row = 0; row < table.rings.length; row++) {
      const build = dg.BUILDS[table.build[row]];
      counts[build] = (counts[build] || 0) + 1;
      length[build] = (length[build] || 0) + table.cable[row];
    }
    const rows = dg.BUILDS.filter((build) => counts[build]).map((build) =>
      toggle(dg.routeSwatch(build), say("build." + build), dg.number(counts[build]) + " · " + dg.km(length[build]), dg.shown.routes, build, "dg-routes-" + build));
    return rows.length ? section(say("legend.routes"), ...rows) : "";
  }

  function layers() {
    const rows = ["townships", "villages", "labels", "roads", "exclusions", "relief"]
      .filter((name) => name !== "relief" || dg.shapes.relief)
      .filter((name) => name !== "roads" || dg.table.roads.rings.length)
      .filter((name) => name !== "exclusions" || dg.table.exclusions.id.length)
      .map((name) => toggle(dg.layerSwatch(name), say("layer." + name), null, dg.shown, name, "dg-layer-" + name));
    return section(say("legend.layers"), ...rows);
  }

  dg.fragileSwatch = () => dg.swatch(24, 18, (ctx) => dg.fragileMark(ctx, 12, 9, 6.5));

  dg.layerSwatch = (name) => dg.swatch(24, 16, function (ctx, ratio) {
    if (name === "townships") {
      ctx.lineWidth = 1.6;
      ctx.strokeStyle = "#16202b";
      ctx.strokeRect(3, 2.5, 18, 11);
    } else if (name === "villages") {
      dg.COLOURS.forEach(function (colour, i) {
        ctx.fillStyle = colour;
        ctx.fillRect(2 + (i % 2) * 10, 1 + (i >> 1) * 7, 10, 7);
      });
    } else if (name === "labels") {
      ctx.font = "600 12px " + dg.FONT;
      ctx.fillStyle = "#16202b";
      ctx.textAlign = "center";
      ctx.fillText("Aa", 12, 12);
    } else if (name === "roads") {
      ctx.lineWidth = 1.6;
      ctx.strokeStyle = "rgba(60, 52, 44, 0.6)";
      ctx.beginPath();
      ctx.moveTo(2, 12);
      ctx.bezierCurveTo(9, 1, 14, 15, 22, 4);
      ctx.stroke();
    } else if (name === "exclusions") {
      ctx.fillStyle = dg.hatch(ctx, ratio);
      ctx.fillRect(2.5, 1.5, 19, 13);
      ctx.strokeStyle = "rgba(20, 70, 40, 0.9)";
      ctx.strokeRect(2.5, 1.5, 19, 13);
    } else {
      const shade = ctx.createLinearGradient(2, 0, 22, 0);
      [["#fdfdfb", 0], ["#aab2b8", 0.45], ["#f2f3f2", 0.55], ["#b9c0c5", 1]].forEach(([c, at]) => shade.addColorStop(at, c));
      ctx.fillStyle = shade;
      ctx.fillRect(2, 1, 20, 14);
    }
  });

  dg.drawLegend = function () {
    const focused = document.activeElement && document.activeElement.id;
    const legend = document.getElementById("dg-legend");
    legend.replaceChildren(...[
      coverage(), reasons(), assets("sites", say("legend.radio")), assets("nodes", say("legend.fibre")), routes(), layers(),
    ].filter(Boolean));
    const again = focused && legend.contains(document.getElementById(focused)) && document.getElementById(focused);
    if (again) again.focus();
  };

  /* One choice of several, as a row of buttons. */
  dg.choice = function (key, values) {
    const group = h("div.dg-choice");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", say(key));
    for (const value of values) {
      const button = h("button", say(key + "." + value));
      button.type = "button";
      button.dataset[key] = value;
      button.addEventListener("click", () => dg.change({ [key]: value, reason: "" }));
      group.append(button);
    }
    const mark = () => group.querySelectorAll("button").forEach((button) =>
      button.setAttribute("aria-pressed", button.dataset[key] === dg.view[key]));
    dg.listeners.push(mark);
    mark();
    return group;
  };
})(window.dualgig);
