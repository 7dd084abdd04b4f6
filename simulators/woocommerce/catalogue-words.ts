/** Words of a plausible Scandinavian shop for kitchen, household and linen. */

export type Family = {
  readonly prefix: string;
  readonly category: string;
  readonly nouns: readonly string[];
  readonly from: number;
  readonly to: number;
};

export const SIMPLE_FAMILIES: readonly Family[] = [
  {
    prefix: 'KRU',
    category: 'Krukker & Boller',
    nouns: ['Krukke', 'Bolle', 'Skål', 'Fad', 'Kande', 'Sukkerskål'],
    from: 9,
    to: 79,
  },
  {
    prefix: 'KNI',
    category: 'Knive & Brædder',
    nouns: ['Kokkekniv', 'Brødkniv', 'Urtekniv', 'Skærebræt', 'Knivblok', 'Strygestål'],
    from: 19,
    to: 189,
  },
  {
    prefix: 'GRY',
    category: 'Gryder & Pander',
    nouns: ['Gryde', 'Stegepande', 'Sauterpande', 'Kasserolle', 'Støbejernsgryde', 'Wok'],
    from: 29,
    to: 249,
  },
  {
    prefix: 'GLA',
    category: 'Glas',
    nouns: ['Vandglas', 'Vinglas', 'Karaffel', 'Tekande', 'Snapseglas', 'Ølglas'],
    from: 6,
    to: 59,
  },
  {
    prefix: 'LYS',
    category: 'Lys & Lygter',
    nouns: ['Lysestage', 'Lygte', 'Fyrfadsstage', 'Bloklys', 'Olielampe'],
    from: 5,
    to: 89,
  },
  {
    prefix: 'OPB',
    category: 'Opbevaring',
    nouns: ['Kurv', 'Kasse', 'Syltetøjsglas', 'Brødkasse', 'Krydderidåse', 'Knage'],
    from: 7,
    to: 69,
  },
  {
    prefix: 'HAV',
    category: 'Have',
    nouns: ['Vandkande', 'Urtepotte', 'Fuglehus', 'Havesaks', 'Plantepind'],
    from: 8,
    to: 99,
  },
  {
    prefix: 'REN',
    category: 'Rengøring',
    nouns: ['Børste', 'Opvaskebørste', 'Sæbe', 'Fejebakke', 'Karklud', 'Skurepulver'],
    from: 3,
    to: 29,
  },
];

export const VARIABLE_FAMILIES: readonly Family[] = [
  {
    prefix: 'HØR',
    category: 'Hørtøj',
    nouns: ['Hørskjorte', 'Hørkjole', 'Hørbukser', 'Hørforklæde', 'Hørtørklæde'],
    from: 39,
    to: 149,
  },
  {
    prefix: 'SEN',
    category: 'Sengetøj',
    nouns: ['Sengesæt', 'Pudebetræk', 'Lagen', 'Plaid', 'Tæppe'],
    from: 29,
    to: 199,
  },
  {
    prefix: 'VIS',
    category: 'Viskestykker & Duge',
    nouns: ['Viskestykke', 'Dug', 'Serviet', 'Bordløber', 'Grydelap'],
    from: 9,
    to: 79,
  },
  { prefix: 'ULD', category: 'Uld', nouns: ['Ulden trøje', 'Sokker', 'Hue', 'Vanter', 'Sjal'], from: 15, to: 169 },
];

export const MAKERS: readonly string[] = [
  'Bjørk',
  'Sjö',
  'Havn',
  'Lund',
  'Åben',
  'Fjell',
  'Ø',
  'Nordlys',
  'Mølle',
  'Klit',
  'Skagen',
  'Ängen',
];
export const TRAITS: readonly string[] = [
  'Stentøj',
  'Eg',
  'Bøg',
  'Emalje',
  'Rustfrit stål',
  'Messing',
  'Kobber',
  'Mundblæst',
  'Håndlavet',
  'Mat sort',
  'Klassisk',
  'Lille',
  'Stor',
  '“Hygge”',
  'Rå & enkel',
];
export const COLOURS: readonly string[] = ['Natur', 'Hvid', 'Sort', 'Blå', 'Grå', 'Støvet rosa', 'Salvie', 'Okker'];
export const SIZES: readonly string[] = ['XS', 'S', 'M', 'L', 'XL'];

export const FIRST_NAMES: readonly string[] = [
  'Freja',
  'Søren',
  'Astrid',
  'Jürgen',
  'Åse',
  'Lærke',
  'Björn',
  'Ingrid',
  'Zoë',
  'Mikkel',
  'Émilie',
  'Łukasz',
  'Sigrid',
  'Oskar',
  'Maja',
  'Henrik',
];
export const LAST_NAMES: readonly string[] = [
  'Nielsen',
  'Sørensen',
  'Lindqvist',
  'Müller',
  'van der Berg',
  'Åkesson',
  'Kjær',
  'O’Brien',
  'Wiśniewski',
  'Hansen',
  'Øster',
  'Bergström',
  'Lefèvre',
  'Haugen',
];
export const PLACES: readonly {
  readonly city: string;
  readonly postcode: string;
  readonly country: string;
  readonly street: string;
}[] = [
  { city: 'København', postcode: '2100', country: 'DK', street: 'Østerbrogade' },
  { city: 'Aarhus', postcode: '8000', country: 'DK', street: 'Søndergade' },
  { city: 'Malmö', postcode: '211 22', country: 'SE', street: 'Södergatan' },
  { city: 'Köln', postcode: '50667', country: 'DE', street: 'Breite Straße' },
  { city: 'Hamburg', postcode: '20095', country: 'DE', street: 'Mönckebergstraße' },
  { city: 'Oslo', postcode: '0150', country: 'NO', street: 'Karl Johans gate' },
  { city: 'Amsterdam', postcode: '1012 AB', country: 'NL', street: 'Damrak' },
  { city: 'Strasbourg', postcode: '67000', country: 'FR', street: 'Rue des Frères' },
];
export const CARRIERS: readonly { readonly provider: string; readonly prefix: string }[] = [
  { provider: 'dhl', prefix: '003404341610' },
  { provider: 'postnord', prefix: '00373500' },
  { provider: 'gls', prefix: '9011' },
  { provider: 'ups', prefix: '1Z999AA1' },
];
