/* What is shown (service, time, reason, layers), and how a place stands in it. */
(function (dg) {
  "use strict";

  const BEFORE = 1, AFTER = 2, DUTY = 4, LEDGER = 8;
  dg.SERVED_BEFORE = 0;
  dg.NEWLY_SERVED = 1;
  dg.GAP = 2;
  dg.DUTY_GAP = 3;
  dg.SERVICES = ["5g", "gigabit"];

  dg.view = { service: "both", time: "after", reason: "" };
  dg.shown = {
    townships: true, villages: true, fragile: true, labels: true, roads: true, exclusions: true, relief: true,
    sites: { existing: true, upgraded: true, new: true, unused: false },
    nodes: { existing: true, upgraded: true, new: true, unused: false },
    routes: { aerial: true, buried: true, duct: true, mixed: true, existing: true },
  };
  dg.STATES = ["existing", "upgraded", "new", "unused"];
  dg.BUILDS = ["aerial", "buried", "duct", "mixed", "existing"];
  dg.table = {};
  dg.words = {};
  dg.say = function (key, values) {
    const text = dg.words[key];
    if (text === undefined) throw new Error("no word for " + key);
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };

  dg.servicesInView = () => (dg.view.service === "both" ? dg.SERVICES : [dg.view.service]);

  dg.bits = function (table, row, service) {
    const bits = table["state_" + service][row];
    return {
      before: (bits & BEFORE) > 0, after: (bits & AFTER) > 0,
      duty: (bits & DUTY) > 0, ledger: (bits & LEDGER) > 0,
    };
  };

  /* How a place stands: with "both", it is served when each service is. */
  dg.status = function (table, row, view) {
    const { service, time } = view || dg.view;
    let before = true, after = true, dutyGap = false;
    for (const one of service === "both" ? dg.SERVICES : [service]) {
      const bits = dg.bits(table, row, one);
      before = before && bits.before;
      after = after && bits.after;
      dutyGap = dutyGap || (bits.duty && !bits[time]);
    }
    if (before) return dg.SERVED_BEFORE;
    if (time === "after" && after) return dg.NEWLY_SERVED;
    return dutyGap ? dg.DUTY_GAP : dg.GAP;
  };

  /* Served by one model only; told with the plan, for 5G. */
  dg.isFragile = (table, row) => table.fragile[row] > 0 && dg.inView("fragile");

  dg.reasons = function (table, row) {
    return dg.servicesInView().map((s) => dg.reasonWords[table["reason_" + s][row]]).filter(Boolean);
  };

  /* Places a status; sites, nodes and routes a state, as the legend shows them. */
  dg.countStatus = function (table) {
    const counts = [0, 0, 0, 0];
    for (let row = 0; row < table.id.length; row++) counts[dg.status(table, row)]++;
    return counts;
  };
  dg.countReasons = function (table) {
    const counts = {};
    for (let row = 0; row < table.id.length; row++) {
      for (const reason of new Set(dg.reasons(table, row))) counts[reason] = (counts[reason] || 0) + 1;
    }
    return counts;
  };

  /* The state of a site or node at the time shown: before the plan nothing new stands. */
  dg.assetState = function (table, row) {
    const state = dg.STATES[table.state[row]];
    if (dg.view.time === "after") return state;
    return { upgraded: "existing", new: "unused" }[state] || state;
  };
  dg.countStates = function (table) {
    const counts = { existing: 0, upgraded: 0, new: 0, unused: 0 };
    for (let row = 0; row < table.id.length; row++) counts[dg.assetState(table, row)]++;
    return counts;
  };

  /* Whether a kind of layer has a part in what is shown. */
  dg.inView = function (kind) {
    if (kind === "sites") return dg.view.service !== "gigabit";
    if (kind === "nodes") return dg.view.service !== "5g";
    if (kind === "fragile") return dg.view.service !== "gigabit" && dg.view.time === "after";
    if (kind === "routes") return dg.view.service !== "5g" && dg.view.time === "after";
    return true;
  };
  dg.assetShown = function (kind, row) {
    if (!dg.inView(kind)) return false;
    if (kind === "routes") return dg.shown.routes[dg.BUILDS[dg.table.routes.build[row]]];
    return dg.shown[kind][dg.assetState(dg.table[kind], row)];
  };

  dg.listeners = [];
  dg.change = function (what) {
    Object.assign(dg.view, what || {});
    dg.listeners.forEach((listener) => listener());
  };
})(window.dualgig);
