import EventLoop
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("::", "::"), ("::1", "::1"), ("2001:DB8:0::1", "2001:db8::1"),
        ("::ffff:10.1.2.3", "10.1.2.3"), ("::ffff:0a01:0203", "10.1.2.3"),
    ]) func `an address has one value and one text`(given: String, text: String) throws {
        let address = try #require(IPAddress(given))
        #expect(address.text == text)
        #expect(address == IPAddress(text))
        #expect(address.isIPv4 == !text.contains(":"))
        #expect(SocketAddress(host: given, port: 80)?.address == address)
    }

    @Test(arguments: [
        "", " 1.2.3.4", "1.2.3.4 ", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "0x7f.1",
        "[::1]",
        "::1%lo", "1.2.3.4:80", "localhost", "unknown", "::1::", "１.2.3.4",
    ]) func `text with more than an address is refused`(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"), ("10.1.2.3", "10.1.2.3", "10.1.2.4"),
        ("10.1.2.0/31", "10.1.2.1", "10.1.2.2"), ("192.0.2.128/25", "192.0.2.255", "192.0.2.127"),
        ("0.0.0.0/0", "255.1.2.3", "::1"), ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
        ("2001:db8::/64", "2001:db8::ffff:1", "2001:db8:0:1::"), ("::1", "::1", "::2"),
        ("2001:db8::8000:0:0:0/65", "2001:db8::ffff:0:0:0", "2001:db8::1"),
    ]) func `a range contains addresses with its prefix`(
        range: String, inside: String, outside: String
    ) throws {
        let range = try #require(IPRange(range))
        #expect(range.contains(try #require(IPAddress(inside))))
        #expect(!range.contains(try #require(IPAddress(outside))))
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/+8", "10.0.0.0/-1", "10.0.0.0/8/8",
        "10.1.0.0/8", "::/129", "2001:db8::1/64", "10.0.0.0/0008", "host/8", "10.0.0.1/ 8",
    ]) func `an invalid range is refused`(_ text: String) { #expect(IPRange(text) == nil) }

    @Test func `all of IPv6 includes the mapped IPv4`() throws {
        let all = try #require(IPRange("::/0"))
        #expect(all.contains(try #require(IPAddress("10.0.0.1"))))
    }
}
