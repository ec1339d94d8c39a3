// Who is logged in: password, tokens for machines, leaving.

import { get, post, remove } from "./api.js";
import { confirmed } from "./dialogs.js";
import { button, field, h, say, select } from "./dom.js";
import { alarm, doing, note } from "./notes.js";
import { dayName, dayOf } from "./times.js";

export async function show(root, { session, signal }) {
  root.append(
    h(
      "div",
      { class: "head" },
      h("h1", {}, "Account"),
      h(
        "p",
        { class: "soft" },
        `${session.name}, ${session.role === "admin" ? "admin" : "viewer: may look, not change"}`,
      ),
    ),
    passwordForm(session),
  );
  if (session.role === "admin") root.append(await tokens(signal));
  const leave = button("Log out", {
    onclick: () =>
      doing(leave, async () => {
        await remove("session");
        location.hash = "#/live";
        document.dispatchEvent(new Event("entered-or-left"));
      }),
  });
  root.append(h("section", { class: "card" }, h("h2", {}, "This browser"), h("div", { class: "actions" }, leave)));
}

function passwordForm(session) {
  const old = h("input", { type: "password", autocomplete: "current-password", required: true });
  const fresh = h("input", { type: "password", autocomplete: "new-password", required: true, minlength: 10 });
  const problem = h("p", { class: "problem", role: "alert" });
  const submit = button("Change password", { type: "submit" });
  const onsubmit = async (event) => {
    event.preventDefault();
    say(problem, "");
    submit.disabled = true;
    try {
      await post("password", { old: old.value, new: fresh.value });
      note("The password is changed. Log in with the new one.");
      document.dispatchEvent(new Event("entered-or-left")); // all sessions are over, this one too
    } catch (error) {
      say(problem, error.message);
    }
    submit.disabled = false;
  };
  const name = h("input", {
    class: "unseen",
    autocomplete: "username",
    value: session.name,
    tabindex: "-1",
    "aria-hidden": "true",
    readonly: true,
  });
  return h(
    "form",
    { class: "card", onsubmit },
    h("h2", {}, "Password"),
    name,
    field("Password now", old),
    field("New password", fresh, "At least 10 characters. Everybody with this name is logged out."),
    problem,
    h("div", { class: "actions" }, submit),
  );
}

async function tokens(signal) {
  const list = h("ul", { class: "rows" });
  const fresh = h("div", { role: "status" });
  const load = async () => {
    const { machines: all } = await get("machines", {}, signal);
    list.replaceChildren(...all.map((token) => row(token, load)));
    if (!all.length) list.append(h("li", { class: "soft" }, "None yet."));
  };
  const name = h("input", { required: true, maxlength: 64, placeholder: "Home Assistant" });
  const role = select(
    [
      ["viewer", "May look"],
      ["admin", "May change"],
    ],
    "viewer",
  );
  const submit = button("Make a token", { type: "submit" });
  const onsubmit = (event) => {
    event.preventDefault();
    doing(submit, async () => {
      const made = await post("machines", { name: name.value.trim(), role: role.value });
      fresh.replaceChildren(
        h("p", {}, "Copy it now; it isn't shown again:"),
        h("code", { class: "secret" }, made.token),
      );
      name.value = "";
      await load();
    });
  };
  await load().catch(alarm);
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "Tokens for machines"),
    h("p", { class: "soft" }, "A program sends one as Authorization: Bearer ... instead of logging in."),
    list,
    fresh,
    h("form", { class: "inline", onsubmit }, field("Name", name), field("Role", role), submit),
  );
}

function row(token, load) {
  const gone = button("Withdraw", {
    onclick: async () => {
      if (!(await confirmed(`Withdraw the token "${token.name}"?`, "Withdraw", { danger: true }))) return;
      doing(gone, async () => {
        await remove(`machines/${encodeURIComponent(token.name)}`);
        note("The token is withdrawn.");
        await load();
      });
    },
  });
  return h(
    "li",
    {},
    h(
      "span",
      {},
      h("b", {}, token.name),
      " ",
      h(
        "span",
        { class: "soft" },
        `${token.role}, ${token.used ? `used ${dayName(dayOf(new Date(token.used)))}` : "never used"}`,
      ),
    ),
    gone,
  );
}
