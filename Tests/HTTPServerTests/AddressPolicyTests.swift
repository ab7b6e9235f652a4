import Glibc
import Testing

@testable import EventLoop

@Suite struct AddressPolicyTests {
    @Test func `every range of the address policy is valid`() {
        #expect(AddressPolicy.local.count == 7)
        #expect(AddressPolicy.forbidden.count == 20)
    }

    @Test(arguments: [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.0.1", "192.169.0.1", "198.17.0.1",
        "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "2002:101:101::",
        "64:ff9b::101:101", "::ffff:1.1.1.1", "2001:4860::8888",
        // Teredo: server 1.1.1.1, client 8.8.8.8.
        "2001:0:101:101::f7f7:f7f7",
    ]) func `the internet is open`(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy.kind(of: address) == .global)
        #expect(AddressPolicy().allows(address))
    }

    @Test(arguments: [
        "10.0.0.0", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.255.255.255", "172.16.0.1",
        "172.31.255.255", "192.168.1.1", "::1", "fc00::1", "fd12::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        // Teredo: server 127.0.0.1; client 10.0.0.1.
        "2001:0:7f00:1::f7f7:f7f7", "2001:0:101:101::f5ff:fffe",
    ]) func `private addresses are allowed only if configured`(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy.kind(of: address) == .local)
        #expect(!AddressPolicy().allows(address))
        #expect(AddressPolicy(allowsPrivate: true).allows(address))
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "192.0.0.192", "192.0.2.1",
        "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::2", "::127.0.0.1", "fe80::1",
        "febf::1", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1", "3fff:fff::1", "100::1",
        "64:ff9b:1::1", "2001:2::1", "2001:20::1", "5f00::1", "4000::1", "fd00:ec2::254",
        "fd20:ce::254",
        "100.100.100.200", "168.63.129.16", "::ffff:169.254.169.254", "2002:a9fe:a9fe::1",
        "64:ff9b::a9fe:a9fe", "64:ff9b::", "2001:0:a9fe:a9fe::f7f7:f7f7",
        "2001:0:101:101::5601:5601",
    ]) func `forbidden addresses are always refused`(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy.kind(of: address) == .forbidden)
        #expect(!AddressPolicy(allowsPrivate: true).allows(address))
    }

    @Test(arguments: [
        "127.1", "0x7f.1", "2130706433", "017700000001", "::ffff:127.0.0.1", "localhost",
        "localhost.",
    ]) func `loopback is detected in every spelling`(_ name: String) {
        let addresses = HostLookup.addresses(of: name)
        // Not every machine knows the name with a dot.
        #expect(!addresses.isEmpty || name == "localhost.")
        #expect(addresses.allSatisfy { AddressPolicy.kind(of: $0) == .local })
    }

    @Test func `an invalid name has no address`() {
        #expect(HostLookup.addresses(of: "nothing.invalid").isEmpty)
        #expect(HostLookup.addresses(of: "").isEmpty)
    }

    @Test func `a closed connection does not kill a detached thread`() async {
        let isBlocked = await withCheckedContinuation { continuation in
            onDetachedThread {
                var signals = sigset_t()
                pthread_sigmask(SIG_BLOCK, nil, &signals)
                continuation.resume(returning: sigismember(&signals, SIGPIPE) == 1)
            }
        }
        #expect(isBlocked)
    }
}
