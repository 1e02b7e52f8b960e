import { checkSoaked, soak } from "../stress/soak.ts";

Deno.test("tasks that end in every way settle once each, and the counts add up", async () => {
  checkSoaked(await soak(3000, 42));
});
