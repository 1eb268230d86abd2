/* The legend: symbols with counts of what is in view, which are also the switches of the layers. */
(function (dg) {
  "use strict";

  const h = dg.h, say = dg.say;

  function section(title, ...children) {
    return h("section", h("h2", title), ...children);
  }

  /* A section that is printed only while its layer is shown. */
  function optional(shown, title, ...children) {
    const part = section(title, ...children);
    if (!shown) part.classList.add("dg-off");
    return part;
  }

  /* A number in view, and of how many where some are out of it. */
  function counted(here, all) {
    return h("span.dg-count", dg.number(here), here === all ? "" : h("small", " / " + dg.number(all)));
  }

  function toggle(picture, text, count, holder, key, id) {
    const box = h("input", { type: "checkbox", id });
    box.checked = holder[key];
    box.addEventListener("change", function () {
      holder[key] = box.checked;
      dg.change();
    });
    return h(holder[key] ? "label.dg-row" : "label.dg-row.dg-off", { for: id }, box, picture, h("span.dg-text", text), count);
  }

  function coverage(box) {
    const time = dg.mainTime();
    const [villages, towns] = ["villages", "townships"].map((kind) =>
      dg.tally(dg.statuses(dg.table[kind], time), dg.table[kind].points, box));
    const head = h("tr", h("td"), h("th", { scope: "col" }, say("legend.villages")), h("th", { scope: "col" }, say("legend.townships")));
    const table = h("table.dg-status", head);
    for (const status of [0, 1, 2, 3]) {
      if (status === dg.NEWLY_SERVED && time === "before") continue;
      table.append(h("tr", { "data-status": status },
        h("th", { scope: "row" }, dg.statusSwatch(status), h("span", say("status." + status))),
        ...[villages, towns].map(({ here, all }) => h("td", counted(here[status], all[status])))));
    }
    const { fragile, points } = dg.table.villages;
    const { here, all } = dg.tally(fragile.map((_, row) => dg.isFragile(dg.table.villages, row, time)), points, box);
    const row = all[1] ? toggle(dg.fragileSwatch(), say("layer.fragile"), counted(here[1], all[1]), dg.shown, "fragile", "dg-layer-fragile") : "";
    const when = dg.years.length && time === "after" ? dg.yearWords() : say("time." + time);
    const shown = say("service." + dg.view.service) + " · " + when + " · " + say("legend.in_view");
    return h("section", h("h2", say("legend.status") + " ", h("small", shown)), table, row);
  }

  function reasons(box) {
    if (dg.mainTime() === "before") return "";
    const table = dg.table.villages, { x, y } = table.points, here = {}, all = {}, list = h("div.dg-reasons");
    for (let row = 0; row < x.length; row++) {
      const inside = x[row] >= box[0] && x[row] <= box[2] && y[row] >= box[1] && y[row] <= box[3];
      for (const reason of new Set(dg.reasons(table, row))) {
        all[reason] = (all[reason] || 0) + 1;
        here[reason] = (here[reason] || 0) + inside;
      }
    }
    for (const reason of dg.reasonWords.filter((r) => all[r])) {
      const button = h("button", { type: "button", "data-reason": reason, "aria-pressed": dg.view.reason === reason, id: "dg-reason-" + reason },
        h("span", say("reason." + reason)), counted(here[reason], all[reason]));
      button.addEventListener("click", () => dg.change({ reason: dg.view.reason === reason ? "" : reason }));
      list.append(button);
    }
    const none = !list.childElementCount, button = dg.gapRows().length
      ? dg.button(".dg-wide", say("table.open"), dg.toggleTable, say("table.open")) : "";
    return section(say("legend.reasons"), h("p.dg-hint", say(none ? "legend.reasons.none" : "legend.reasons.hint")), list, button);
  }

  function assets(kind, title, box) {
    const time = dg.mainTime(), table = dg.table[kind];
    if (!dg.inView(kind, time) || !table.state.length) return "";
    const { here, all } = dg.tally(dg.assetStates(table, time), table.points, box);
    const rows = dg.STATES.map((state, number) => [state, number])
      .filter(([state]) => time === "after" || state === "existing" || state === "unused")
      .map(([state, number]) => toggle(dg.assetSwatch(kind, state), say("state." + state), counted(here[number], all[number]), dg.shown[kind], state, "dg-" + kind + "-" + state));
    const decided = dg.tally(table.decision, table.points, box);
    for (const [decision, word] of [[dg.LOCKED, "locked"], [dg.FORBIDDEN, "forbidden"]]) {
      if (!decided.all[decision]) continue;
      rows.push(h("p.dg-row.dg-key", { id: "dg-" + kind + "-" + word }, dg.decisionSwatch(kind, decision),
        h("span.dg-text", say("decision." + word)), counted(decided.here[decision], decided.all[decision])));
    }
    return section(title, ...rows);
  }

  function routes(box) {
    if (!dg.inView("routes", dg.mainTime())) return "";
    const { build, cable, paths } = dg.table.routes, here = {}, all = {}, length = {};
    for (let row = 0; row < build.length; row++) {
      if (!dg.routeStands(row)) continue;
      const name = dg.BUILDS[build[row]];
      all[name] = (all[name] || 0) + 1;
      length[name] = (length[name] || 0) + cable[row];
      here[name] = (here[name] || 0) + dg.boxMeets(paths.boxes, row, box, 0);
    }
    const rows = dg.BUILDS.filter((name) => all[name]).map((name) =>
      toggle(dg.routeSwatch(name), say("build." + name) + " · " + dg.km(length[name]), counted(here[name], all[name]), dg.shown.routes, name, "dg-routes-" + name));
    return rows.length ? section(say("legend.routes"), ...rows) : "";
  }

  /* The classes of the best server's level. */
  function signal() {
    if (!dg.rasters) return "";
    const { edges, colours, cell } = dg.options.signal;
    const rows = dg.shown.rsrp ? colours.map(function (colour, i) {
      const text = i === 0 ? "≥ " + edges[0] : i < edges.length ? edges[i] + " … " + edges[i - 1] : "< " + edges[edges.length - 1];
      return h("p.dg-row.dg-key", dg.colourSwatch(colour), h("span.dg-text", text.replace(/-/g, "−") + " dBm"));
    }) : [];
    const note = dg.shown.rsrp ? h("p.dg-hint", say("signal.note", { cell: dg.number(cell) })) : "";
    return optional(dg.shown.rsrp, say("legend.signal"), toggle("", say("layer.rsrp"), "", dg.shown, "rsrp", "dg-layer-rsrp"), ...rows, note);
  }

  function groups(box) {
    if (!dg.groups.length) return "";
    const towns = dg.table.townships, numbers = Uint8Array.from(towns.group, (group) => dg.groups.indexOf(group) + 1);
    const { here, all } = dg.tally(numbers, towns.points, box, dg.groups.length + 1);
    const rows = dg.shown.groups ? dg.groups.map((group, i) => h("p.dg-row.dg-key", dg.groupSwatch(i),
      h("span.dg-text", group), counted(here[i + 1], all[i + 1]))) : [];
    return optional(dg.shown.groups, say("legend.groups"), toggle("", say("layer.groups"), "", dg.shown, "groups", "dg-layer-groups"), ...rows);
  }

  function layers() {
    const there = {
      relief: dg.shapes.relief, base: dg.base, roads: dg.table.roads.rings.length, exclusions: dg.table.exclusions.rings.length,
    };
    const rows = ["townships", "villages", "labels", "roads", "exclusions", "relief", "base"]
      .filter((name) => !(name in there) || there[name])
      .map((name) => toggle(dg.layerSwatch(name), say("layer." + name), "", dg.shown, name, "dg-layer-" + name));
    return section(say("legend.layers"), ...rows);
  }

  dg.drawLegend = function () {
    const focused = document.activeElement && document.activeElement.id, box = dg.viewBox();
    const legend = document.getElementById("dg-legend");
    dg.fill(legend, coverage(box), reasons(box), assets("sites", say("legend.radio"), box), assets("nodes", say("legend.fibre"), box),
      routes(box), signal(), groups(box), layers());
    const again = focused && document.getElementById(focused);
    if (again && legend.contains(again)) again.focus();
  };
})(window.dualgig);
