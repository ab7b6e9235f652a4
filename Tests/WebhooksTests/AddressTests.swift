import EventLoop
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Webhooks

/// What the service throws during too many look-ups.
let busy = Fault(.unavailable, code: "busy", "busy")

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
    ]) func `an invalid URL is refused`(_ text: String) {
        #expect(throws: Fault.self) { try WebhookURL(text, pointer: "/url") }
    }

    @Test(arguments: [
        ("https://example.com/", "HTTPS://EXAMPLE.com:443"),
        ("http://example.com/hook", "http://example.com/%68%6fok"),
        ("http://example.com/a%2Fb?c=%C3%A4", "http://example.com/a%2fb?c=%c3%a4"),
        ("http://example.com/hook", "http://example.com/a/%2E%2e/./hook"),
        ("http://example.com/a/", "http://example.com/../a/b/.."),
        ("http://127.0.0.1/", "http://0x7f.1"),
        ("http://[2001:db8::1]/", "http://[2001:0DB8:0::1]:80/"),
    ]) func `all spellings of a URL have one key`(_ plain: String, _ other: String) throws {
        #expect(
            try WebhookURL(plain, pointer: "/url").key == WebhookURL(other, pointer: "/url").key)
    }

    @Test(arguments: [
        ("http://example.com/a%2Fb", "http://example.com/a/b"),
        ("http://example.com/a", "http://example.com/a/"),
        ("http://example.com/a", "http://example.com/A"),
        ("http://example.com/a", "https://example.com/a"),
        ("http://example.com/a", "http://example.com/a?"),
        ("http://example.com/?a/../b", "http://example.com/?b"),
        ("http://example.com/%zz", "http://example.com/%ZZ"),
    ]) func `URLs that a receiver can tell apart have different keys`(
        _ one: String, _ other: String
    ) throws {
        #expect(try WebhookURL(one, pointer: "/url").key != WebhookURL(other, pointer: "/url").key)
    }

    // MARK: Allowed addresses

    private func refusal(
        _ text: String, allowsPrivate: Bool = false,
        lookUp: @escaping WebhookNetwork.LookUp = HostLookup.addresses(of:)
    ) async throws -> String? {
        let network = WebhookNetwork(AddressPolicy(allowsPrivate: allowsPrivate), lookUp: lookUp)
        do throws(Fault) {
            try await network.check(
                try WebhookURL(text, pointer: "/url"), for: "ada", pointer: "/url", busy: busy)
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
    ]) func `private, loopback and link-local addresses are refused`(_ text: String) async throws {
        let refusal = try await refusal(text)
        #expect(refusal?.hasPrefix("must have a public address") == true)
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
        // Nobody can find out which internal names exist.
        #expect(
            try await refusal("https://a.example") { _ in [] }
                == (try await refusal("https://b.example") { _ in [bad] }))
    }

    @Test func `only web servers' ports are allowed, unless private addresses are`()
        async throws
    {
        let good = try #require(IPAddress("93.184.216.34"))
        #expect(try await refusal("https://a.example:8443") { _ in [good] } == nil)
        #expect(
            try await refusal("http://a.example:25") { _ in [good] }
                == "must use one of the ports 80, 443, 8080, 8443")
        let anywhere = try await refusal("http://a.example:25", allowsPrivate: true) { _ in [good] }
        #expect(anywhere == nil)
    }

    @Test func `an unresponsive name server delays nobody`() async throws {
        let isOver = Mutex(false)
        defer { isOver.withLock { $0 = true } }
        let network = WebhookNetwork(AddressPolicy()) { _ in
            blockUntil { isOver.withLock { $0 } }
            return []
        }
        await #expect(throws: WebhookFailure.timeout) {
            _ = try await network.addresses(of: "slow.example", for: "ada", within: 50)
        }
    }

    // MARK: Limits

    /// A network whose name servers answer when `isOver`, but for names that begin with `fast`.
    private func slowNetwork(
        _ isOver: Log<Bool>, _ lookUps: Log<Int> = Log(0)
    ) throws -> WebhookNetwork {
        let good = try #require(IPAddress("93.184.216.34"))
        return WebhookNetwork(AddressPolicy()) { host in
            lookUps.change { $0 += 1 }
            blockUntil { host.hasPrefix("fast") || isOver.value }
            return [good]
        }
    }

    /// The result of checking a host.
    private static func code(
        _ network: WebhookNetwork, _ host: String, _ owner: String
    ) async -> String {
        do throws(Fault) {
            let url = try WebhookURL("https://\(host)", pointer: "/url")
            try await network.check(url, for: owner, pointer: "/url", busy: busy)
            return "good"
        } catch {
            return error.code
        }
    }

    @Test func `concurrent look-ups are limited`() async throws {
        let isOver = Log(false)
        let network = try slowNetwork(isOver)
        let codes = await withTaskGroup(of: String.self) { group in
            for number in 0..<65 {
                group.addTask {
                    await Self.code(network, "h\(number).example", "owner\(number / 3)")
                }
            }
            let first = await group.next()
            isOver.change { $0 = true }
            return await group.reduce(into: [first ?? ""]) { $0.append($1) }
        }
        // The one over the limit fails at once, the others wait for their name server.
        #expect(codes.first == "busy")
        #expect(codes.filter { $0 == "good" }.count == 64)
    }

    @Test func `one owner's hanging look-ups don't block others`() async throws {
        let isOver = Log(false)
        let network = try slowNetwork(isOver)
        let codes = await withTaskGroup(of: String.self) { group in
            for number in 0..<12 {
                group.addTask { await Self.code(network, "h\(number).example", "mallory") }
            }
            var codes: [String] = []
            for await code in group {
                codes.append(code)
                // All but four fail at once. Those keep their owner's places only.
                guard codes.count == 8 else { continue }
                #expect(codes.allSatisfy { $0 == "busy" })
                #expect(await Self.code(network, "fast.example", "ada") == "good")
                #expect(await Self.code(network, "fast2.example", "mallory") != "good")
                isOver.change { $0 = true }
            }
            return codes
        }
        #expect(codes.filter { $0 == "good" }.count == 4)
        // When the look-ups end, there is room again.
        #expect(await eventually { await Self.code(network, "fast3.example", "mallory") == "good" })
    }

    @Test func `an abandoned look-up keeps counting until it ends`() async throws {
        let isOver = Log(false)
        defer { isOver.change { $0 = true } }
        let network = try slowNetwork(isOver)
        for number in 0..<16 {
            await #expect(throws: WebhookFailure.timeout) {
                _ = try await network.addresses(of: "h\(number).example", for: "mallory", within: 1)
            }
        }
        await #expect(throws: WebhookFailure.busy) {
            _ = try await network.addresses(of: "fast.example", for: "mallory", within: 60_000)
        }
        let found = try await network.addresses(of: "fast.example", for: "ada", within: 60_000)
        #expect(found.count == 1)
    }

    @Test func `concurrent look-ups of a name are shared`()
        async throws
    {
        let (isOver, lookUps) = (Log(false), Log(0))
        let network = try slowNetwork(isOver, lookUps)
        // Longer than any machine is busy: how long a check waits is another test's subject.
        @Sendable func count(for owner: String) async -> Int? {
            try? await network.addresses(of: "one.example", for: owner, within: 600_000).count
        }
        let counts = await withTaskGroup(of: Int?.self) { group in
            group.addTask { await count(for: "mallory") }
            _ = await eventually { lookUps.value == 1 }
            for number in 0..<20 {
                group.addTask { await count(for: "owner\(number)") }
            }
            _ = await eventually(within: 50) { lookUps.value > 1 }
            isOver.change { $0 = true }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 1, count: 21))
        #expect(lookUps.value == 1)
    }

    // MARK: Rates

    @Test func `spellings of a host and port are one place`() throws {
        for text in [
            "http://8.8.8.8/a", "http://134744072/b", "http://0x08080808", "http://010.8.8.8:80",
            "http://8.526344", "http://[::ffff:8.8.8.8]/?c",
        ] { #expect(try WebhookURL(text, pointer: "").place == "8.8.8.8:80", "\(text)") }
        #expect(try WebhookURL("https://A.example/x", pointer: "").place == "a.example:443")
        #expect(
            try WebhookURL("http://[2001:4860::8888]", pointer: "").place == "[2001:4860::8888]:80")
    }

    @Test func `names of one server count as one place for each owner`() async throws {
        let good = try #require(IPAddress("93.184.216.34"))
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let network = WebhookNetwork(AddressPolicy()) { $0.hasPrefix("none") ? [] : [good] }
        let sender = WebhookSender(network, on: group)
        let places = { (url: String, owner: String) in
            await sender.places(of: try WebhookURL(url, pointer: ""), for: owner)
        }
        let first = try await places("http://a.example/1", "ada")
        let second = try await places("http://b.example/2", "ada")
        let others = try await places("http://a.example/1", "grace")
        #expect(first.first == "a.example:80" && first.first == others.first)
        #expect(first.last == second.last && first.last != others.last)
        #expect(Set(first + second + others).count == 4)
        #expect(try await places("https://a.example", "ada").last != first.last)
        #expect(try await places("http://none.example", "ada") == ["none.example:80"])
    }
}
