// A system in Node that signs people in through us, by openid-client (a certified relying-party library).
// Talks with the test by lines: prints where to send the person, reads where they came back, prints what it learned.
import { createInterface } from "node:readline/promises";
import * as client from "openid-client";

const [issuer, id, secret, callback, scope] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin });
const next = lines[Symbol.asyncIterator]();
const say = (told) => console.log(JSON.stringify(told));

const config = await client.discovery(new URL(issuer), id, undefined, client.ClientSecretBasic(secret), {
  execute: [client.allowInsecureRequests],
});
const verifier = client.randomPKCECodeVerifier();
const expected = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() };
const question = {
  redirect_uri: callback,
  scope,
  state: expected.expectedState,
  nonce: expected.expectedNonce,
  max_age: "3600",
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
};
say({ go: (await client.buildAuthorizationUrlWithPAR(config, question)).href });

const { value: back } = await next.next();
const tokens = await client.authorizationCodeGrant(config, new URL(back), { ...expected, maxAge: 3600, idTokenExpected: true });
const claims = tokens.claims();
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
const known = await client.tokenIntrospection(config, renewed.access_token);
await client.tokenRevocation(config, renewed.refresh_token);
const after = await client.tokenIntrospection(config, renewed.access_token);
const leave = client.buildEndSessionUrl(config, { id_token_hint: renewed.id_token, post_logout_redirect_uri: callback });
say({ claims, userinfo, known: known.active, after: after.active, leave: leave.href });
lines.close();
