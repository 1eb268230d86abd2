/* Search by name or id over townships, villages, sites and nodes. */
(function (dg) {
  "use strict";

  const MOST = 8, KINDS = ["townships", "villages", "sites", "nodes"];
  const LEVEL = { townships: "level.township", villages: "level.village", sites: "level.site", nodes: "level.node" };

  /* Names and ids in small letters, made at the first search. */
  const small = {};
  function lowered(kind) {
    if (!small[kind]) {
      const table = dg.table[kind];
      small[kind] = { name: table.name.map((name) => name.toLowerCase()), id: table.id.map((id) => id.toLowerCase()) };
    }
    return small[kind];
  }

  function find(text) {
    const wanted = text.trim().toLowerCase(), ranks = [[], [], []];
    if (!wanted) return [];
    for (const kind of KINDS) {
      const { name, id } = lowered(kind);
      for (let row = 0; row < id.length; row++) {
        if (!name[row].includes(wanted) && !id[row].includes(wanted)) continue;
        const rank = name[row] === wanted || id[row] === wanted ? 0 : name[row].startsWith(wanted) || id[row].startsWith(wanted) ? 1 : 2;
        if (ranks[rank].length < MOST) ranks[rank].push({ kind, row });
      }
    }
    return [].concat(...ranks).slice(0, MOST);
  }

  dg.searchBox = function () {
    const h = dg.h, label = dg.say("search");
    const input = h("input", {
      type: "search", id: "dg-search", placeholder: label, autocomplete: "off", role: "combobox", "aria-label": label,
      "aria-controls": "dg-found", "aria-expanded": "false", "aria-autocomplete": "list",
    });
    const list = h("ul", { id: "dg-found", role: "listbox", "aria-label": label }), none = h("p.dg-none", { role: "status" });
    const box = h("div.dg-search", input, list, none);
    let found = [], at = -1;
    list.hidden = none.hidden = true;

    function close() {
      dg.fill(list);
      list.hidden = none.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      at = -1;
    }
    function choose(item) {
      close();
      input.value = dg.table[item.kind].name[item.row] || dg.table[item.kind].id[item.row];
      input.blur();
      dg.open(item.kind, item.row);
    }
    function mark(next) {
      at = (next + found.length) % found.length;
      Array.from(list.children).forEach((li, i) => li.setAttribute("aria-selected", i === at));
      input.setAttribute("aria-activedescendant", "dg-found-" + at);
    }
    function line(item, i) {
      const table = dg.table[item.kind], name = table.name[item.row] || table.id[item.row];
      const town = item.kind === "villages" ? table.township[item.row] : -1;
      const where = town >= 0 ? dg.table.townships.name[town] : table.id[item.row];
      const level = item.kind === "villages" && table.community[item.row] ? "level.community" : LEVEL[item.kind];
      const li = h("li", { id: "dg-found-" + i, role: "option", "aria-selected": "false" },
        h("span.dg-name", name), h("small", dg.say(level) + " · " + where));
      li.addEventListener("mousedown", function (event) {
        event.preventDefault();
        choose(item);
      });
      return li;
    }
    function show() {
      found = find(input.value);
      close();
      if (!input.value.trim()) return;
      dg.fill(list, ...found.map(line));
      list.hidden = !found.length;
      none.hidden = found.length > 0;
      none.textContent = found.length ? "" : dg.say("search.none");
      input.setAttribute("aria-expanded", found.length > 0);
    }
    input.addEventListener("input", show);
    input.addEventListener("focus", show);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", function (event) {
      if (event.key === "Escape") close();
      else if (!found.length) return;
      else if (event.key === "ArrowDown") mark(at + 1);
      else if (event.key === "ArrowUp") mark(at - 1);
      else if (event.key === "Enter") choose(found[Math.max(at, 0)]);
      else return;
      event.preventDefault();
    });
    return box;
  };
})(window.dualgig);
