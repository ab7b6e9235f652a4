import EventLoop
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Webhooks

@Suite struct AddressTests {
    @Test(arguments: [
        ("https://example.com", "https://example.com:443", "/"),
        ("https://EXAMPLE.com/a?b=c", "https://example.com:443", "/a?b=c"),
        ("http://example.com:8080/%20", "http://example.com:8080", "/%20"),
        ("https://example.com?x", "https://example.com:443", "/?x"),
        ("https://[2001:4860::8888]/x", "https://[2001:4860::8888]:443", "/x"),
    ]) func `a URL is an origin and a target`(
        _ text: String, _ origin: String, _ target: String
    ) throws {
        let url = try WebhookURL(text, pointer: "/url")
        #expect(url.origin.text == origin)
        #expect(url.target == target)
        #expect(url.text == text)
    }

    @Test(arguments: [
        "", "example.com", "ftp://example.com", "file:///etc/passwd", "https://",
        "https://user@example.com", "https://user:secret@example.com/", "https://example.com/#a",
        "https://example.com/ä", "https://exa mple.com", "https://example.com/\r\nX: y",
        "https://example.com:0", "https://example.com:65536", "https://example.com:",
        "https://example.com/<b>", "https://example.com/\"", "//example.com", "https://-a.example",
        "https://a.-b.example",
        "https://a.example.", "http://localhost.", "https://a..example",
        "https://example.com/" + String(repeating: "a", count: 2_000),
    ]) func `what is no such URL is refused`(_ text: String) {
        #expect(throws: Fault.self) { try WebhookURL(text, pointer: "/url") }
    }

    // MARK: Where it may lead

    private func refusal(
        _ text: String, allowsPrivate: Bool = false,
        lookUp: @escaping WebhookNetwork.LookUp = HostLookup.addresses(of:)
    ) async throws -> String? {
        let network = WebhookNetwork(AddressPolicy(allowsPrivate: allowsPrivate), lookUp: lookUp)
        do throws(Fault) {
            try await network.check(try WebhookURL(text, pointer: "/url"), pointer: "/url")
            return nil
        } catch {
            return error.fields.first?.detail ?? error.detail
        }
    }

    @Test(arguments: [
        "http://127.0.0.1", "http://127.1", "http://0x7f.1", "http://2130706433",
        "http://[::ffff:127.0.0.1]", "http://[::1]", "http://localhost",
        "http://169.254.169.254/latest/meta-data", "http://10.0.0.1", "http://192.168.1.1",
        "http://[fd00::1]", "http://[fe80::1]", "http://0.0.0.0", "http://100.64.0.1",
        "https://[64:ff9b::7f00:1]", "http://[2002:7f00:1::]",
    ]) func `nothing leads to this machine or a network beside it`(_ text: String) async throws {
        let refusal = try await refusal(text)
        #expect(refusal?.hasPrefix("must lead to an address on the internet") == true)
    }

    @Test func `instance metadata is refused even where private addresses are allowed`()
        async throws
    {
        #expect(try await refusal("http://127.0.0.1:9", allowsPrivate: true) == nil)
        #expect(try await refusal("http://169.254.169.254", allowsPrivate: true) != nil)
    }

    @Test func `every address of a name must be allowed`() async throws {
        let good = try #require(IPAddress("93.184.216.34"))
        let bad = try #require(IPAddress("10.0.0.7"))
        #expect(try await refusal("https://a.example") { _ in [good] } == nil)
        #expect(try await refusal("https://a.example") { _ in [good, bad] } != nil)
        // Which names there are inside is nobody's to find out.
        #expect(
            try await refusal("https://a.example") { _ in [] }
                == (try await refusal("https://b.example") { _ in [bad] }))
    }

    @Test func `the ports of web servers alone, unless private addresses are allowed`()
        async throws
    {
        let good = try #require(IPAddress("93.184.216.34"))
        #expect(try await refusal("https://a.example:8443") { _ in [good] } == nil)
        #expect(
            try await refusal("http://a.example:25") { _ in [good] }
                == "must have one of the ports 80, 443, 8080, 8443")
        let anywhere = try await refusal("http://a.example:25", allowsPrivate: true) { _ in [good] }
        #expect(anywhere == nil)
    }

    @Test func `a name server that never answers holds nobody up`() async throws {
        let isOver = Mutex(false)
        defer { isOver.withLock { $0 = true } }
        let network = WebhookNetwork(AddressPolicy()) { _ in
            while !isOver.withLock({ $0 }) { pauseThread(milliseconds: 10) }
            return []
        }
        await #expect(throws: WebhookFailure.timeout) {
            _ = try await network.addresses(of: "slow.example", within: 50)
        }
    }

    @Test func `no more names are looked up at once than threads can be spared`() async throws {
        let isOver = Mutex(false)
        let network = WebhookNetwork(AddressPolicy()) { _ in
            while !isOver.withLock({ $0 }) { pauseThread(milliseconds: 10) }
            return []
        }
        let codes = await withTaskGroup(of: String.self) { group in
            for number in 0..<65 {
                group.addTask {
                    do throws(Fault) {
                        let url = try WebhookURL("https://h\(number).example", pointer: "/url")
                        try await network.check(url, pointer: "/url")
                        return "none"
                    } catch {
                        return error.code
                    }
                }
            }
            let first = await group.next()
            isOver.withLock { $0 = true }
            return await group.reduce(into: [first ?? ""]) { $0.append($1) }
        }
        // The one too many is told at once, the others wait for their name server.
        #expect(codes.first == "webhook_hosts_busy")
        #expect(codes.dropFirst().allSatisfy { $0 == "validation_failed" })
    }
}
