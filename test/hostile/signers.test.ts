/** The signer refuses whatever is not exactly a trading action, for random actions; what it signs is what it checked. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { CommandRefused } from '#brokers/errors.ts'
import { cancelAction, newOrderAction } from '#brokers/hyperliquid/action.ts'
import type { Network } from '#brokers/hyperliquid/action-hash.ts'
import { openTradingSigner } from '#brokers/hyperliquid/sign.ts'
import { marketsOf } from '#brokers/hyperliquid/symbols.ts'
import { Secret } from '#config/secret.ts'
import { decimalString } from '#domain/decimal.ts'
import { actionHash, agentDigest } from '#simulators/hyperliquid/wire/action-hash.ts'
import { recoverSigner } from '#simulators/hyperliquid/wire/signature.ts'
import { cancelOf, entryOf, idOf } from '#test/brokers/orders.ts'
import { L1_VECTORS, SIGNER, USER_SIGNED_VECTORS } from '#test/vectors/hyperliquid/signing.ts'
import { hostileValue, mutationsOf } from './hostile-values.ts'
import { runs } from './runs.ts'

const ALLOWED = ['order', 'cancel', 'cancelByCloid', 'updateLeverage', 'scheduleCancel', 'noop']

/** Every action type of the venue that is not trading, the user-signed ones first (reference: exchange endpoint, signing). */
const FORBIDDEN = [
  'withdraw3',
  'withdraw',
  'usdSend',
  'spotSend',
  'sendAsset',
  'agentSendAsset',
  'sendToEvmWithData',
  'usdClassTransfer',
  'spotDexClassTransfer',
  'approveAgent',
  'approveBuilderFee',
  'convertToMultiSigUser',
  'multiSig',
  'tokenDelegate',
  'cDeposit',
  'cWithdraw',
  'linkStakingUser',
  'userDexAbstraction',
  'userSetAbstraction',
  'userPortfolioMargin',
  'agentEnableDexAbstraction',
  'agentSetAbstraction',
  'vaultTransfer',
  'vaultModify',
  'vaultDistribute',
  'createVault',
  'subAccountTransfer',
  'subAccountSpotTransfer',
  'subAccountModify',
  'createSubAccount',
  'usdClassTransferAgent',
  'spotUser',
  'claimRewards',
  'setReferrer',
  'registerReferrer',
  'setDisplayName',
  'reserveRequestWeight',
  'borrowLend',
  'batchModify',
  'modify',
  'updateIsolatedMargin',
  'topUpIsolatedOnlyMargin',
  'twapOrder',
  'twapCancel',
  'evmUserModify',
  'perpDeploy',
  'spotDeploy',
  'finalizeEvmContract',
  'CSignerAction',
  'CValidatorAction',
  'validatorL1Stream',
  'gossipPriorityBid',
  'SignOperation',
  'VoteEthDeposit',
  'NetChildVaultPositionsAction',
] as const

const signer = openTradingSigner(new Secret(SIGNER.privateKey), 'mainnet')
const LEG = { a: 0, b: true, p: '100', s: '0.5', r: false, t: { limit: { tif: 'Ioc' } } }
const PLAIN = [
  { type: 'order', orders: [LEG], grouping: 'na' },
  {
    type: 'order',
    orders: [LEG, { ...LEG, t: { trigger: { isMarket: true, triggerPx: '90', tpsl: 'sl' } } }],
    grouping: 'normalTpsl',
  },
  { type: 'cancel', cancels: [{ a: 0, o: 1 }] },
  { type: 'cancelByCloid', cancels: [{ asset: 0, cloid: `0x${idOf('a')}` }] },
  { type: 'updateLeverage', asset: 0, isCross: true, leverage: 3 },
  { type: 'scheduleCancel', time: 1_760_000_000_000 },
  { type: 'noop' },
] as const

/** Fields with which actions move value or authority. */
const VALUE_FIELDS = {
  destination: SIGNER.address,
  amount: '1000000',
  usd: 1_000_000,
  token: 'USDC',
  toPerp: true,
  signatureChainId: '0x66eee',
  hyperliquidChain: 'Mainnet',
  agentAddress: SIGNER.address,
  agentName: null,
  vaultAddress: SIGNER.address,
  builder: { b: SIGNER.address, f: 100 },
  maxFeeRate: '1%',
  signers: null,
  payload: { multiSigUser: SIGNER.address, outerSigner: SIGNER.address, action: PLAIN[0] },
} as const

function refuses(action: unknown): void {
  assert.throws(() => signer.signTradingAction(action, 1, 2), CommandRefused, JSON.stringify(action)?.slice(0, 300))
}

test('Hyperliquid: every action that is no trading, user-signed ones above all, is refused in whatever dress', () => {
  const spelled = fc
    .constantFrom(...FORBIDDEN)
    .chain((name) =>
      fc.constantFrom(name, name.toUpperCase(), name.toLowerCase(), ` ${name}`, `${name}\u0000`, `order\u0000${name}`),
    )
  const fields = fc.subarray(Object.entries(VALUE_FIELDS)).map((some) => Object.fromEntries(some) as object)
  const dress = fc.constantFrom(
    (type: string, more: object): unknown => ({ type, ...more }),
    (type: string, more: object): unknown => ({ ...PLAIN[0], ...more, type }),
    (type: string, more: object): unknown => ({ type: 'order', action: { type, ...more } }),
    (type: string, more: object): unknown => ({ type: [type], ...more }),
    (type: string, more: object): unknown => [{ type, ...more }],
    (type: string, more: object): unknown =>
      JSON.parse(JSON.stringify({ ...more, type }).replace('{', '{"__proto__":{"type":"order"},')),
    (type: string, more: object): unknown => Object.assign(Object.create({ ...PLAIN[0] }) as object, more, { type }),
    (type: string, more: object): unknown => ({ type: { toString: () => 'noop', valueOf: () => type }, ...more }),
    (type: string, more: object): unknown => ({ Type: type, TYPE: type, type: 'Order', ...more }),
  )
  fc.assert(
    fc.property(spelled, fields, dress, (type, more, dressed) => refuses(dressed(type, more))),
    runs(2_000),
  )
})

test('Hyperliquid: the published vectors of user-signed actions are refused', () => {
  assert.ok(USER_SIGNED_VECTORS.length > 0)
  for (const { action } of USER_SIGNED_VECTORS) refuses(action)
  for (const { action } of L1_VECTORS) if (!ALLOWED.includes(String(action['type']))) refuses(action)
})

test('Hyperliquid: a trading action with one field more, at any level, is refused', () => {
  const more = fc.oneof(
    fc.constantFrom(...Object.entries(VALUE_FIELDS)),
    fc.tuple(fc.string({ minLength: 1 }), hostileValue),
  )
  const where = fc.constantFrom<(action: object, field: object) => object>(
    (action, field) => ({ ...action, ...field }),
    (action, field) => deepened(action, 'orders', field),
    (action, field) => deepened(action, 'cancels', field),
  )
  fc.assert(
    fc.property(fc.constantFrom(...PLAIN), more, where, (plain, [name, value], put) => {
      const action = put(plain, { [name]: value })
      if (Object.keys(plain).includes(name) || JSON.stringify(action) === JSON.stringify(plain)) return
      refuses(action)
    }),
    runs(1_000),
  )
})

function deepened(action: object, list: string, field: object): object {
  const rows = (action as Readonly<Record<string, unknown>>)[list]
  return Array.isArray(rows) ? { ...action, [list]: rows.map((row: object) => ({ ...row, ...field })) } : action
}

test('Hyperliquid: of mutilated trading actions only those are signed that still are one, and signed is what was checked', () => {
  const mutation = fc.oneof(...PLAIN.map((plain) => mutationsOf(JSON.stringify(plain))))
  fc.assert(
    fc.property(mutation, ({ text }) => {
      let action: unknown
      try {
        action = JSON.parse(text)
      } catch {
        return
      }
      requireCheckedOrRefused(action)
    }),
    runs(2_000),
  )
})

test('Hyperliquid: an action that changes while it is looked at is signed as it was checked, or refused', () => {
  const flips = fc.integer({ min: 0, max: 8 })
  fc.assert(
    fc.property(fc.constantFrom(...PLAIN), fc.constantFrom(...FORBIDDEN), flips, (plain, type, after) => {
      let reads = 0
      const turncoat = new Proxy<object>(
        { ...plain },
        {
          get: (target, key) => (key === 'type' && (reads += 1) > after ? type : Reflect.get(target, key)),
        },
      )
      requireCheckedOrRefused(turncoat)
    }),
    runs(300),
  )
})

/** What comes back must be plain trading by itself, and the signature must be over just that. */
function requireCheckedOrRefused(action: unknown): void {
  let signed
  try {
    signed = signer.signTradingAction(action, 1_760_000_000_000, 1_760_000_015_000)
  } catch (error) {
    assert.ok(error instanceof CommandRefused, String(error))
    return
  }
  const own = signed.action as Readonly<Record<string, unknown>>
  assert.ok(ALLOWED.includes(String(own['type'])))
  const keys = new Set(['type', 'orders', 'grouping', 'cancels', 'asset', 'isCross', 'leverage', 'time'])
  assert.ok(Object.keys(own).every((key) => keys.has(key)))
  assert.equal(signerOf(signed, 'mainnet'), SIGNER.address)
}

function signerOf(signed: ReturnType<typeof signer.signTradingAction>, network: Network): string | undefined {
  const { action, nonce, expiresAfter, signature } = signed
  return recoverSigner(
    agentDigest(actionHash(action, { nonce, vaultAddress: undefined, expiresAfter }), network),
    signature,
  )
}

const MARKET = marketsOf({ universe: [{ name: 'BTC', szDecimals: 5, maxLeverage: 40 }] }).get('BTC-PERP')!

test('Hyperliquid: random orders and cancels of ours are signed, and the simulator recovers the agent from them', () => {
  const cents = (least: number, most: number) =>
    fc.integer({ min: least, max: most }).map((value) => decimalString(String(value)))
  const order = fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    size: fc.integer({ min: 1, max: 900_000 }).map((lots) => decimalString((lots / 100_000).toFixed(5))),
    limitPrice: cents(10_000, 99_999),
    timeInForce: fc.constantFrom('ioc' as const, 'gtc' as const, 'alo' as const),
    reduceOnly: fc.boolean(),
  })
  fc.assert(
    fc.property(
      order,
      fc.constantFrom<Network>('mainnet', 'testnet'),
      fc.integer({ min: 1, max: 2 ** 45 }),
      (change, network, nonce) => {
        const own = openTradingSigner(new Secret(SIGNER.privateKey), network)
        for (const action of [newOrderAction(entryOf('a', change), MARKET), cancelAction(cancelOf('a'), MARKET)]) {
          assert.equal(signerOf(own.signTradingAction(action, nonce, nonce + 15_000), network), SIGNER.address)
        }
      },
    ),
    runs(60),
  )
})

test('no code signs anything but the agent digest: there is no way to user-signed typed data', () => {
  const root = join(import.meta.dirname, '../..')
  const sources = globSync('src/**/*.ts', { cwd: root }).map(
    (path) => [path, readFileSync(join(root, path), 'utf8')] as const,
  )
  const places = (pattern: RegExp): string[] =>
    sources.flatMap(([path, text]) => [...text.matchAll(pattern)].map(() => path))
  // Everything that the library can sign with, and everything that a user-signed action needs.
  assert.deepEqual(
    places(
      /signTypedData|signMessage|signTransaction|_signTypedData|hashMessage|HyperliquidTransaction|HyperliquidSignTransaction/g,
    ),
    [],
  )
  assert.deepEqual(places(/TypedDataEncoder\.\w+\(/g), ['src/brokers/hyperliquid/action-hash.ts'])
  assert.deepEqual(
    places(/signingKey|SigningKey|new Wallet\(/g),
    Array<string>(2).fill('src/brokers/hyperliquid/sign.ts'),
  )
  assert.deepEqual([...new Set(places(/from 'ethers'/g))].toSorted(), [
    'src/brokers/hyperliquid/action-hash.ts',
    'src/brokers/hyperliquid/sign.ts',
  ])
  const hash = sources.find(([path]) => path === 'src/brokers/hyperliquid/action-hash.ts')?.[1] ?? ''
  assert.match(hash, /name: 'Exchange',\s+version: '1',\s+chainId: 1337/)
  assert.equal([...hash.matchAll(/type: 'bytes32'|type: 'string'|type: 'address'|type: 'uint64'/g)].length, 2)
})
