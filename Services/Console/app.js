// Starts the console: its views and where they are.

import { onUnauthorized } from "./lib/api.js";
import { loadTexts } from "./lib/i18n.js";
import { route } from "./lib/router.js";
import { adopt, onEnd } from "./lib/session.js";
import { show, signInAgain } from "./lib/shell.js";

route("/", () => import("./views/home.js"));

onUnauthorized(() => signInAgain());
onEnd(() => signInAgain());
addEventListener("hashchange", () => show());

await Promise.all([loadTexts(), adopt()]);
await show();
