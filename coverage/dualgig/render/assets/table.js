/* The table of gaps: sorted by any column, and taken away as CSV. */
(function (dg) {
  "use strict";

  const h = dg.h, PAGE = 200, BYTE_ORDER_MARK = "\ufeff";
  const COLUMNS = ["level", "id", "name", "township_name", "service", "duty", "reason", "cost_to_serve_cny"];
  let rows = null, sorted = { column: "", down: false }, many = PAGE, nearby = false;

  /* One row a place and service that the plan leaves unserved; codes, not words. */
  dg.gapRows = function () {
    if (rows) return rows;
    rows = [];
    for (const [kind, level] of [["townships", "township"], ["villages", "village"]]) {
      const table = dg.table[kind], towns = dg.table.townships.name;
      for (const service of dg.SERVICES) {
        for (let row = 0; row < table.people.length; row++) {
          const bits = dg.bits(table, row, service), town = kind === "townships" ? row : table.township[row];
          if (bits.after) continue;
          rows.push({
            kind, row, level, id: table.id[row], name: table.name[row], township_name: town < 0 ? "" : towns[town], service,
            duty: bits.duty, reason: dg.reasonWords[table["reason_" + service][row]], cost_to_serve_cny: table["cost_" + service][row],
          });
        }
      }
    }
    return rows;
  };

  function words(item, column) {
    const value = item[column];
    if (column === "level") return dg.say("level." + value);
    if (column === "service") return dg.say("service." + value);
    if (column === "duty") return dg.say(value ? "yes" : "no");
    if (column === "reason") return value ? dg.say("reason." + value) : "";
    return value;
  }

  /* The rows of the services and the reason in view, and of the view itself where wanted, in order. */
  dg.listedGaps = function () {
    const services = dg.servicesInView(), box = dg.viewBox();
    const listed = dg.gapRows().filter(function (item) {
      const { x, y } = dg.table[item.kind].points;
      return services.includes(item.service) && (!dg.view.reason || item.reason === dg.view.reason) &&
        (!nearby || (x[item.row] >= box[0] && x[item.row] <= box[2] && y[item.row] >= box[1] && y[item.row] <= box[3]));
    });
    const { column, down } = sorted;
    if (!column) return listed;
    const compare = new Intl.Collator(dg.language === "zh" ? "zh-CN" : "en", { numeric: true }).compare;
    const key = (item) => (column === "cost_to_serve_cny" ? item[column] : words(item, column));
    return listed.sort(function (a, b) {
      const one = key(a), two = key(b);
      if (typeof one === "number") {
        // What has no price comes last either way.
        if (Number.isNaN(one) || Number.isNaN(two)) return Number.isNaN(one) - Number.isNaN(two);
        return down ? two - one : one - two;
      }
      return down ? compare(two, one) : compare(one, two);
    });
  };

  /* As export/csv.py writes it: CRLF, and an apostrophe before what a spreadsheet would run. */
  dg.gapsCsv = function () {
    const cell = function (value) {
      if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
      const text = /^[=+\-@＝＋－＠\t\r\n']/.test(value) ? "'" + value : value;
      return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
    };
    const lines = [COLUMNS.map((column) => dg.say("column." + column)), ...dg.listedGaps().map((item) => COLUMNS.map((column) => words(item, column)))];
    return BYTE_ORDER_MARK + lines.map((line) => line.map(cell).join(",") + "\r\n").join("");
  };

  function download() {
    const address = URL.createObjectURL(new Blob([dg.gapsCsv()], { type: "text/csv;charset=utf-8" }));
    const link = h("a", { href: address, download: dg.options.name + "-gaps.csv" });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  function heading(column) {
    const way = sorted.column !== column ? "none" : sorted.down ? "descending" : "ascending";
    const button = h("button", { type: "button", id: "dg-sort-" + column }, dg.say("column." + column), h("i", { "aria-hidden": "true" }, { none: "", ascending: " ▲", descending: " ▼" }[way]));
    button.addEventListener("click", function () {
      sorted = { column, down: sorted.column === column && !sorted.down };
      draw();
      document.getElementById(button.id).focus();
    });
    return h("th", { scope: "col", "aria-sort": way }, button);
  }

  function line(item) {
    const name = h("button.dg-link", { type: "button" }, item.name || item.id);
    name.addEventListener("click", () => dg.open(item.kind, item.row));
    return h("tr", ...COLUMNS.map(function (column) {
      if (column === "name") return h("td", name);
      if (column !== "cost_to_serve_cny") return h("td", words(item, column));
      return h("td.dg-number", Number.isNaN(item[column]) ? "—" : dg.money(item[column]));
    }));
  }

  function draw() {
    const drawer = document.getElementById("dg-table"), listed = dg.listedGaps();
    const close = dg.button(".dg-close", dg.say("close"), dg.toggleTable, "✕");
    const box = h("input", { type: "checkbox", id: "dg-nearby" });
    box.checked = nearby;
    box.addEventListener("change", function () {
      nearby = box.checked;
      draw();
      document.getElementById("dg-nearby").focus();
    });
    const csv = dg.button(".dg-csv", dg.say("table.csv"), download, dg.say("table.csv"));
    const more = listed.length > many ? dg.button(".dg-wide", dg.say("table.more"), () => { many += PAGE; draw(); }, dg.say("table.more")) : "";
    const place = drawer.querySelector(".dg-scroll"), top = place ? place.scrollTop : 0;
    dg.fill(drawer,
      h("div.dg-table-head", h("h2", { id: "dg-table-title" }, dg.say("table.title", { number: dg.number(listed.length) })),
        h("label", { for: "dg-nearby" }, box, dg.say("table.nearby")), csv, close),
      h("div.dg-scroll", { tabindex: "0", role: "region", "aria-labelledby": "dg-table-title" },
        h("table", h("thead", h("tr", ...COLUMNS.map(heading))), h("tbody", ...listed.slice(0, many).map(line))), more));
    drawer.querySelector(".dg-scroll").scrollTop = top;
  }

  dg.tableOpen = () => !document.getElementById("dg-table").hidden;
  dg.toggleTable = function () {
    const drawer = document.getElementById("dg-table");
    drawer.hidden = !drawer.hidden;
    dg.closeSheet();
    if (!drawer.hidden) {
      many = PAGE;
      draw();
      drawer.querySelector(".dg-scroll").focus();
    } else dg.map.getContainer().focus({ preventScroll: true });
    dg.keepAddress();
  };
  dg.redrawTable = function () {
    if (dg.tableOpen()) draw();
  };
  dg.tableDrawer = function () {
    const drawer = h("div.dg-table.dg-over", { id: "dg-table" });
    drawer.hidden = true;
    drawer.addEventListener("keydown", function (event) {
      event.stopPropagation();
      if (event.key === "Escape") dg.toggleTable();
    });
    L.DomEvent.disableClickPropagation(drawer);
    L.DomEvent.disableScrollPropagation(drawer);
    return drawer;
  };
})(window.dualgig);
