// Set-up at the first visit, and logging in.

import { ApiError, post, trust } from "./api.js";
import { button, field, h, say } from "./dom.js";

const SHORTEST = 10; // characters of a password

export function show(root, { session, entered }) {
  if (session.setup_needed) setUp(root, entered);
  else logIn(root, entered);
}

function setUp(root, entered) {
  const token = input("token", { autocomplete: "one-time-code", autocapitalize: "off", spellcheck: "false" });
  const name = input("name", { autocomplete: "username", autocapitalize: "off", spellcheck: "false", value: "admin" });
  const password = input("password", { type: "password", autocomplete: "new-password", minlength: SHORTEST });
  const again = input("again", { type: "password", autocomplete: "new-password" });
  form(root, {
    title: "Welcome",
    text: "This camera has no password yet. Its log shows a set-up token that is good for one use.",
    fields: [
      field("Set-up token", token, "In the log, or by: edgedet web token"),
      field("Your name", name),
      field("New password", password, `At least ${SHORTEST} characters`),
      field("The same again", again),
    ],
    yes: "Set password",
    async send() {
      if (password.value !== again.value) throw new ApiError(0, "The two passwords aren't the same.");
      const answer = await post("setup", {
        token: token.value.trim(),
        name: name.value.trim(),
        password: password.value,
      });
      trust(answer.csrf);
      entered();
    },
  });
}

function logIn(root, entered) {
  const name = input("name", { autocomplete: "username", autocapitalize: "off", spellcheck: "false" });
  const password = input("password", { type: "password", autocomplete: "current-password" });
  form(root, {
    title: "Log in",
    fields: [field("Name", name), field("Password", password)],
    yes: "Log in",
    async send() {
      const answer = await post("session", { name: name.value.trim(), password: password.value });
      trust(answer.csrf);
      entered();
    },
  });
}

function form(root, { title, text = "", fields, yes, send }) {
  const problem = h("p", { class: "problem", role: "alert" });
  const submit = button(yes, { look: "primary", type: "submit" });
  const onsubmit = async (event) => {
    event.preventDefault();
    submit.disabled = true;
    say(problem, "");
    try {
      await send();
    } catch (error) {
      say(problem, error.message);
    }
    submit.disabled = false;
  };
  root.append(
    h(
      "form",
      { class: "card entry", onsubmit },
      h("h1", {}, title),
      text && h("p", { class: "soft" }, text),
      fields,
      problem,
      submit,
    ),
  );
  root.querySelector("input").focus();
}

function input(id, attributes) {
  return h("input", { id: `entry-${id}`, name: id, required: true, ...attributes });
}
