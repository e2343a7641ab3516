import { BlockList, isIPv4 } from 'node:net'

/** IANA's special-purpose registries and multicast: what one network's machines reach and the internet does not. */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]
const SPECIAL_IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
]

const special = new BlockList()
for (const [net, bits] of SPECIAL_IPV4) special.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of SPECIAL_IPV6) special.addSubnet(net, bits, 'ipv6')

const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')

const carriesIpv4 = new BlockList()
carriesIpv4.addSubnet('2002::', 16, 'ipv6')
carriesIpv4.addSubnet('64:ff9b::', 96, 'ipv6')
carriesIpv4.addSubnet('::ffff:0:0', 96, 'ipv6')

/** Whether the address is one of the internet. Those that carry an IPv4 address within are judged by it. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !special.check(address, 'ipv4')
  const plain = address.split('%')[0] ?? address
  if (carriesIpv4.check(plain, 'ipv6')) return isPublicAddress(ipv4Within(plain))
  return global.check(plain, 'ipv6') && !special.check(plain, 'ipv6')
}

// 6to4 has it in the 32 bits after its prefix; the mapped and translated forms in the last 32.
function ipv4Within(address: string): string {
  const groups = groupsOf(address)
  const [high = 0, low = 0] = groups[0] === 0x2002 ? groups.slice(1, 3) : groups.slice(6, 8)
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function groupsOf(address: string): readonly number[] {
  // The URL parser knows every way to write an address and answers with one.
  const written = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [head = '', tail] = written.split('::')
  const numbers = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const front = numbers(head)
  if (tail === undefined) return front
  const back = numbers(tail)
  return [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back]
}
