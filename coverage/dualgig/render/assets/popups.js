/* What a popup and a tooltip say. Texts from data become text nodes, never markup. */
(function (dg) {
  "use strict";

  const NO_LEVEL = -32768;
  const h = dg.h, say = dg.say, number = dg.number, km = dg.km;

  const signed = (tenths) => (tenths < 0 ? "−" : "") + (Math.abs(tenths) / 10).toFixed(1);
  const list = (text) => text.split(";").filter(Boolean);
  const words = (key, text) => list(text).map((code) => dg.sayOr(key, code)).join(say("comma"));

  function facts(rows) {
    const table = h("dl.dg-facts");
    for (const [name, value] of rows) {
      if (value !== "" && value !== null && value !== undefined) table.append(h("dt", name), h("dd", value));
    }
    return table;
  }

  function head(name, kind, id) {
    return h("div", h("h3", name || id), h("p.dg-kind", h("span", kind), " ", h("code", id)));
  }

  function link(text, kind, row) {
    const button = h("button.dg-link", { type: "button" }, text);
    button.addEventListener("click", () => dg.open(kind, row));
    return button;
  }

  function chip(served) {
    return h(served ? "span.dg-chip.dg-yes" : "span.dg-chip.dg-no", (served ? "✓ " : "✕ ") + say(served ? "served" : "not_served"));
  }

  /* Before and after of both services, with what stands behind a gap. */
  function services(table, row) {
    const grid = h("table.dg-services", h("tr", h("td"), h("th", say("time.before")), h("th", say("time.after"))));
    const gaps = [];
    for (const service of dg.SERVICES) {
      const bits = dg.bits(table, row, service);
      grid.append(h("tr", h("th", say("service." + service)), h("td", chip(bits.before)), h("td", chip(bits.after))));
      if (bits.ledger) grid.append(h("tr.dg-source", h("td"), h("td", say("ledger"))));
      const year = dg.servedFrom(table, row, service);
      if (year) grid.append(h("tr.dg-source", h("td"), h("td", say("served_from", { year }))));
      if (!bits.after) gaps.push(gap(table, row, service, bits));
    }
    grid.querySelectorAll(".dg-source td:last-child").forEach((cell) => { cell.colSpan = 2; });
    return [grid, ...gaps];
  }

  function gap(table, row, service, bits) {
    const reason = dg.reasonWords[table["reason_" + service][row]];
    const cost = table["cost_" + service][row];
    return h(
      bits.duty ? "div.dg-gap.dg-gap-duty" : "div.dg-gap",
      h("p", h("b", say("gap", { service: say("service." + service) })), bits.duty ? " · " + say("duty") : ""),
      reason ? h("p", say("reason." + reason)) : "",
      reason ? h("p.dg-remedy", say("remedy." + reason)) : "",
      h("p.dg-price", Number.isNaN(cost) ? say("cost_unknown") : say("cost_to_serve", { money: dg.money(cost) })),
    );
  }

  const cost = (table, row) => (table.state[row] === 1 || table.state[row] === 2 ? dg.money(table.cost[row]) : "");
  const year = (table, row) => (table.year && table.year[row] ? String(table.year[row]) : "");

  /* Sectors, and their azimuths where the plan has any. */
  function sectors(table, row) {
    if (!table.sectors[row]) return "";
    const azimuths = table.azimuths ? list(table.azimuths[row]) : [];
    if (!azimuths.length) return say("sectors.unaimed", { number: table.sectors[row] });
    return azimuths.map((degrees) => degrees + "°").join(say("comma"));
  }

  const contents = {
    villages: function (table, row) {
      const kind = [say(table.community[row] ? "level.community" : "level.village")];
      if (table.priority[row]) kind.push(say("priority"));
      if (table.eligible[row]) kind.push(say("eligible"));
      const town = table.township[row], server = table.server[row], olt = table.olt[row];
      const rsrp = table.rsrp[row], cable = table.cable[row];
      return [
        head(table.name[row], kind.join(" · "), table.id[row]),
        ...services(table, row),
        facts([
          [say("township"), town < 0 ? "" : link(dg.table.townships.name[town], "townships", town)],
          [say("people"), number(table.people[row])],
          [say("server"), server < 0 ? "" : link(dg.table.sites.name[server] || dg.table.sites.id[server], "sites", server)],
          [say("rsrp"), rsrp === NO_LEVEL ? say("no_signal") : signed(rsrp) + " dBm"],
          [say("margin"), rsrp === NO_LEVEL ? "" : signed(table.margin[row]) + " dB"],
          [say("fragile"), table.fragile[row] ? say("fragile.why") : ""],
          [say("fails"), words("kind.", table.fails[row])],
          [say("olt"), olt < 0 ? "" : link(dg.table.nodes.name[olt] || dg.table.nodes.id[olt], "nodes", olt)],
          [say("cable"), Number.isNaN(cable) ? "" : km(cable)],
        ]),
      ];
    },

    townships: function (table, row) {
      const served = (service, time) => {
        let n = 0, all = 0;
        dg.table.villages.township.forEach(function (town, village) {
          if (town !== row) return;
          all++;
          n += dg.bits(dg.table.villages, village, service)[time];
        });
        return number(n) + " / " + number(all);
      };
      return [
        head(table.name[row], say("level.township"), table.id[row]),
        ...services(table, row),
        facts([
          [say("county"), table.county[row]],
          [say("group"), table.group[row]],
          [say("people"), number(table.people[row])],
          [say("fragile"), table.fragile[row] ? say("fragile.why") : ""],
          ...dg.SERVICES.map((service) => [
            say("villages_with", { service: say("service." + service) }),
            served(service, "before") + " → " + served(service, "after"),
          ]),
        ]),
      ];
    },

    sites: function (table, row) {
      const decision = [null, "locked", "forbidden"][table.decision[row]];
      return [
        head(table.name[row], say("level.site"), table.id[row]),
        facts([
          [say("state"), say("state." + dg.STATES[table.state[row]])],
          [say("structure"), say(table.stands[row] ? "structure.existing" : "structure.new")],
          [say("decision"), decision ? say("decision." + decision) : ""],
          [say("operator"), list(table.operator[row]).join(say("comma"))],
          [say("bands"), list(table.bands[row]).join(say("comma"))],
          [say("built"), list(table.built[row]).join(say("comma"))],
          [say("year"), year(table, row)],
          [say("sectors"), sectors(table, row)],
          [say("mast"), number(table.mast[row]) + " m"],
          [say("cost"), cost(table, row)],
          [say("best_for"), number(table.villages[row])],
          [say("alone"), table.alone[row] ? number(table.alone[row]) : ""],
        ]),
      ];
    },

    nodes: function (table, row) {
      const decision = [null, "locked", "forbidden"][table.decision[row]];
      return [
        head(table.name[row], say("level.node"), table.id[row]),
        facts([
          [say("state"), say("state." + dg.STATES[table.state[row]])],
          [say("kind"), dg.sayOr("kind.", table.kind[row])],
          [say("decision"), decision ? say("decision." + decision) : ""],
          [say("year"), year(table, row)],
          [say("cost"), cost(table, row)],
          [say("gigabit_for"), number(table.villages[row])],
        ]),
      ];
    },

    routes: function (table, row) {
      const node = table.node[row], village = table.village[row];
      const to = village < 0 ? "" : dg.table.villages.name[village];
      const from = node < 0 ? "" : dg.table.nodes.name[node] || dg.table.nodes.id[node];
      return [
        h("div", h("h3", from + " → " + to), h("p.dg-kind", say("level.route"))),
        facts([
          [say("olt"), node < 0 ? "" : link(from, "nodes", node)],
          [say("level.village"), village < 0 ? "" : link(to, "villages", village)],
          [say("length"), km(table.cable[row])],
          [say("trench"), km(table.trench[row])],
          [say("build"), words("build.", table.builds[row])],
          [say("year"), year(table, row)],
          [say("cost"), dg.money(table.cost[row])],
        ]),
      ];
    },

    exclusions: (table, row) => [head(table.name[row], say("level.exclusion"), table.id[row])],
  };

  dg.popup = function (kind, row) {
    const body = h("div.dg-popup", ...contents[kind](dg.table[kind], row));
    if (kind !== "exclusions") body.append(h("p.dg-caution", say("predicted")));
    return body;
  };

  /* One or two lines under the pointer, at the time that is shown there. */
  dg.tip = function (kind, row, time) {
    const table = dg.table[kind];
    if (kind === "routes") return h("div", h("b", say("level.route")), h("br"), say("build." + dg.BUILDS[table.build[row]]));
    const tip = h("div", h("b", table.name[row] || table.id[row]));
    if (kind === "villages" || kind === "townships") {
      for (const service of dg.servicesInView()) {
        tip.append(h("br"), say("service." + service) + ": " + say("status." + dg.status(table, row, time, service)));
      }
    } else if (kind === "exclusions") tip.append(h("br"), say("level.exclusion"));
    else tip.append(h("br"), say("level." + kind.slice(0, -1)) + ": " + say("state." + dg.assetState(table, row, time)));
    return tip;
  };
})(window.dualgig);
