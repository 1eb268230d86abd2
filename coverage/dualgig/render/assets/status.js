/* What is shown (service, time, year, reason, layers), and how a place or a site stands in it. */
(function (dg) {
  "use strict";

  const BEFORE = 1, AFTER = 2, DUTY = 4, LEDGER = 8;
  dg.SERVED_BEFORE = 0;
  dg.NEWLY_SERVED = 1;
  dg.GAP = 2;
  dg.DUTY_GAP = 3;
  dg.SERVICES = ["5g", "gigabit"];
  dg.TIMES = ["before", "after", "swipe"];

  /* `swipe` is where the divider stands, a share of the map's width; `year` is 0 in a plan without years. */
  dg.view = { service: "both", time: "after", reason: "", swipe: 0.5, year: 0 };
  dg.shown = {
    townships: true, villages: true, fragile: true, labels: true, roads: true, exclusions: true, relief: true, base: true,
    groups: false, rsrp: false,
    sites: { existing: true, upgraded: true, new: true, unused: false },
    nodes: { existing: true, upgraded: true, new: true, unused: false },
    routes: { aerial: true, buried: true, duct: true, mixed: true, existing: true },
  };
  dg.STATES = ["existing", "upgraded", "new", "unused"];
  dg.BUILDS = ["aerial", "buried", "duct", "mixed", "existing"];
  dg.table = {};

  dg.servicesInView = () => (dg.view.service === "both" ? dg.SERVICES : [dg.view.service]);
  /* The time that legend and labels speak of; with the swipe the plan's. */
  dg.mainTime = () => (dg.view.time === "before" ? "before" : "after");
  /* The time at a place across the map, pixels from its left edge. */
  dg.timeAt = (x) => (dg.view.time !== "swipe" ? dg.view.time : x < dg.view.swipe * dg.map.getSize().x ? "before" : "after");

  /* The years that something is built in or served from, ascending; none in a plan without years. */
  dg.findYears = function () {
    const years = new Set();
    for (const table of Object.values(dg.table)) {
      for (const name of ["year", "year_5g", "year_gigabit"]) {
        if (table[name]) table[name].forEach((year) => years.add(year));
      }
    }
    years.delete(0);
    dg.years = Array.from(years).sort((a, b) => a - b);
    if (dg.years.length) dg.view.year = dg.years[dg.years.length - 1];
  };
  const lastYear = () => dg.years[dg.years.length - 1];

  dg.bits = function (table, row, service) {
    const bits = table["state_" + service][row];
    return {
      before: (bits & BEFORE) > 0, after: (bits & AFTER) > 0,
      duty: (bits & DUTY) > 0, ledger: (bits & LEDGER) > 0,
    };
  };
  /* The year from which the plan serves a place, 0 where the plan has no years or serves it before. */
  dg.servedFrom = function (table, row, service) {
    const bits = dg.bits(table, row, service), years = table["year_" + service];
    return years && bits.after && !bits.before ? years[row] || lastYear() : 0;
  };

  /* Statuses of all rows: with "both", a place is served when each service is. */
  const kept = new Map();
  function remembered(table, key, make) {
    if (!kept.has(table)) kept.set(table, {});
    const of = kept.get(table);
    return of[key] || (of[key] = make());
  }
  dg.statuses = function (table, time, service) {
    service = service || dg.view.service;
    return remembered(table, ["status", service, time, dg.view.year].join(), function () {
      const n = table.people.length, statuses = new Uint8Array(n);
      const columns = (service === "both" ? dg.SERVICES : [service]).map((s) => [table["state_" + s], table["year_" + s]]);
      for (let row = 0; row < n; row++) {
        let before = true, served = true, due = false;
        for (const [states, years] of columns) {
          const bits = states[row], was = (bits & BEFORE) > 0;
          const now = was || (time === "after" && (bits & AFTER) > 0 && (!years || (years[row] || lastYear()) <= dg.view.year));
          before = before && was;
          served = served && now;
          due = due || ((bits & DUTY) > 0 && !now);
        }
        statuses[row] = before ? dg.SERVED_BEFORE : served ? dg.NEWLY_SERVED : due ? dg.DUTY_GAP : dg.GAP;
      }
      return statuses;
    });
  };
  dg.status = (table, row, time, service) => dg.statuses(table, time, service)[row];

  /* Served by one model only; told with the plan, for 5G, once the place is served. */
  dg.isFragile = (table, row, time) => table.fragile[row] > 0 && dg.inView("fragile", time) &&
    dg.status(table, row, time, "5g") <= dg.NEWLY_SERVED;

  dg.reasons = function (table, row) {
    return dg.servicesInView().map((s) => dg.reasonWords[table["reason_" + s][row]]).filter(Boolean);
  };

  /* The states of sites, nodes or routes at a time, as numbers of STATES: before the plan, or before its year, nothing new stands. */
  dg.assetStates = function (table, time) {
    return remembered(table, ["state", time, dg.view.year].join(), function () {
      const states = table.state.slice(), years = table.year;
      for (let row = 0; row < states.length; row++) {
        const built = states[row] === 1 || states[row] === 2;
        if (built && (time === "before" || (years && (years[row] || lastYear()) > dg.view.year))) states[row] = states[row] === 1 ? 0 : 3;
      }
      return states;
    });
  };
  dg.assetState = (table, row, time) => dg.STATES[dg.assetStates(table, time)[row]];

  /* Whether a kind of layer has a part in what is shown. */
  dg.inView = function (kind, time) {
    if (kind === "sites") return dg.view.service !== "gigabit";
    if (kind === "nodes") return dg.view.service !== "5g";
    if (kind === "fragile") return dg.view.service !== "gigabit" && time === "after";
    if (kind === "routes") return dg.view.service !== "5g" && time === "after";
    return true;
  };
  dg.assetShown = function (kind, row, time) {
    if (!dg.inView(kind, time)) return false;
    const table = dg.table[kind];
    if (kind === "routes") return dg.shown.routes[dg.BUILDS[table.build[row]]] && dg.routeStands(row);
    return dg.shown[kind][dg.assetState(table, row, time)];
  };
  dg.routeStands = function (row) {
    const years = dg.table.routes.year;
    return !years || (years[row] || lastYear()) <= dg.view.year;
  };

  /* How many rows of each number there are: in all, and with their mark in a box. */
  dg.tally = function (numbers, points, box, size) {
    const all = new Uint32Array(size || 4), here = all.slice(), { x, y } = points;
    for (let row = 0; row < numbers.length; row++) {
      all[numbers[row]]++;
      if (x[row] >= box[0] && x[row] <= box[2] && y[row] >= box[1] && y[row] <= box[3]) here[numbers[row]]++;
    }
    return { all, here };
  };
  dg.viewBox = function () {
    const bounds = dg.map.getBounds(), a = dg.project(bounds.getNorthWest()), b = dg.project(bounds.getSouthEast());
    return [a.x, a.y, b.x, b.y];
  };

  dg.listeners = [];
  dg.change = function (what) {
    Object.assign(dg.view, what || {});
    dg.listeners.forEach((listener) => listener());
  };
})(window.dualgig);
