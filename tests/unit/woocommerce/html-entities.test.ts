import { expect, test } from 'vitest';

import { decodeEntities, decodeSpecialChars } from '#libs/connectors/woocommerce/html-entities.ts';

test.each([
  ['Garten &amp; Balkon', 'Garten & Balkon'],
  ['20&rarr;19', '20→19'],
  ['5&#8217;s &#x2019; &#X2019;', '5’s ’ ’'],
  ['&amp;amp;', '&amp;'],
  ['&unknown; &constructor; &#0; &#xd800; &#1114112; AT&T;', '&unknown; &constructor; &#0; &#xd800; &#1114112; AT&T;'],
  ['plain', 'plain'],
])('decodeEntities() reads %j as %j', (escaped, plain) => {
  expect(decodeEntities(escaped)).toBe(plain);
});

test.each([
  ['&amp;&lt;', '&<'],
  ['&#039;&#39;&#x27;&quot;&#x00022;&gt;', `'''"">`],
  ['&amp;lt;', '&lt;'],
  ['&rarr;&nbsp;&#8217;', '&rarr;&nbsp;&#8217;'],
])('decodeSpecialChars() reads %j as %j', (escaped, plain) => {
  expect(decodeSpecialChars(escaped)).toBe(plain);
});
