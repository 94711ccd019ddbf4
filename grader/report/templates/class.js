"use strict";
(() => {
  const table = document.getElementById("roster");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const before = heads.findIndex((head) => head.classList.contains("of-task"));
  const [find, outcome, task, status, reset, shown] =
    ["find", "by-outcome", "by-task", "by-status", "reset", "shown"].map((id) => document.getElementById(id));
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const plain = (text) => text.normalize("NFKC").toLowerCase().replaceAll("ё", "е").trim();
  const people = new Map(rows.map((row) => {
    const name = row.cells[0].querySelector("bdi").textContent;
    return [row, { name, plain: plain(name), is: row.dataset.is.split(" "), place: 0 }];
  }));
  const one = (row) => people.get(row);
  [...rows].sort((a, b) => collator.compare(one(a).name, one(b).name))
    .forEach((row, place) => { one(row).place = place; });

  const value = (row, column) => {
    const text = row.cells[column].dataset.v;
    return text === "" ? null : Number(text);
  };
  const compare = (column, sign) => (first, second) => {
    const byName = one(first).place - one(second).place;
    if (heads[column].dataset.sort === "text") return sign * byName;
    const [a, b] = [value(first, column), value(second, column)];
    if (a === null || b === null) return (a === null) - (b === null) || byName;  // always last
    return sign * (a - b) || byName;
  };

  const sort = (column) => {
    const head = heads[column];
    const falling = head.hasAttribute("aria-sort")
      ? head.getAttribute("aria-sort") === "ascending"
      : head.dataset.sort === "number" && column !== before - 1;
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", falling ? "descending" : "ascending");
    rows.sort(compare(column, falling ? -1 : 1));
    body.append(...rows);
  };

  const fits = (row) => {
    if (find.value && !one(row).plain.includes(plain(find.value))) return false;
    if (outcome.value && !one(row).is.includes(outcome.value)) return false;
    if (!status.value) return true;
    const cells = task.value ? [row.cells[before + Number(task.value)]] : Array.from(row.cells).slice(before);
    return cells.some((cell) => cell.dataset.s === status.value);
  };

  const filter = () => {
    let count = 0;
    for (const row of rows) {
      row.hidden = !fits(row);
      count += !row.hidden;
    }
    const all = count === rows.length;
    shown.textContent = shown.dataset.form.replace("{shown}", count).replace("{total}", rows.length);
    shown.classList.toggle("all", all);
    reset.disabled = all && ![find, outcome, task, status].some((control) => control.value);
  };

  for (const [column, head] of heads.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(column));
  }
  for (const control of [find, outcome, task, status]) control.addEventListener("input", filter);
  reset.addEventListener("click", () => {
    for (const control of [find, outcome, task, status]) control.value = "";
    filter();
    find.focus();
  });
  for (const part of document.querySelectorAll(".without-script")) part.hidden = true;
  for (const part of document.querySelectorAll("#controls, .with-script")) part.hidden = false;
  filter();
})();
