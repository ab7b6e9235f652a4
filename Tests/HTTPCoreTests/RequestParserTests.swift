import TestSupport
import Testing

@testable import HTTPCore

struct RequestParserTests {
    @Test func `each request of the corpus is accepted or refused with its status`() {
        for (text, status) in RequestCorpus.all {
            let reading = readRequests([bytes(text)[...]])
            if status == 0 {
                #expect(reading.events.last == "end", "\(text.prefix(200)): \(reading)")
            } else {
                #expect(
                    reading.events.last?.hasPrefix("fail \(status) ") == true,
                    "\(text.prefix(200)): \(reading) instead of \(status)")
            }
        }
    }

    @Test func `a request split at any byte parses the same`() {
        for (text, _) in RequestCorpus.all {
            let bytes = bytes(text)
            let whole = readRequests([bytes[...]])
            // A long one only near its ends and here and there.
            let step = bytes.count < 500 ? 1 : 97
            for i in stride(from: 1, to: bytes.count, by: step) {
                let split = readRequests([bytes[..<i], bytes[i...]])
                #expect(split == whole, "\(text.prefix(200)) cut at \(i)")
            }
        }
    }

    @Test func `a request in single bytes parses the same`() {
        for (text, _) in RequestCorpus.all where text.utf8.count < 2_000 {
            let bytes = bytes(text)
            let single = bytes.indices.map { bytes[$0...$0] }
            #expect(readRequests(single) == readRequests([bytes[...]]), "\(text)")
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `pipelined requests parse the same for every split`(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let taken = RequestCorpus.all.filter { $0.1 == 0 && $0.0.utf8.count < 2_000 }
        let stream = (0..<30).map { _ in taken[random.below(taken.count)].0 }
        let bytes = bytes(stream.joined())
        let whole = readRequests([bytes[...]])
        #expect(whole.events.count { $0 == "end" } == stream.count, "seed \(seed)")
        for _ in 0..<10 {
            #expect(readRequests(cut(bytes, random)) == whole, "seed \(seed)")
        }
    }

    /// Whatever comes: no trap, and one verdict for all ways to cut it.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `mutated requests never crash and parse the same for every split`(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let corpus = RequestCorpus.all.map { bytes($0.0) }.filter { $0.count < 1_000 }
        for round in 0..<8_000 {
            let mutant = mutate(corpus[random.below(corpus.count)], corpus, random)
            let whole = readRequests([mutant[...]])
            let split = readRequests(cut(mutant, random))
            #expect(whole == split, "seed \(seed), round \(round): \(mutant)")
            if whole != split { return }
        }
    }

    @Test func `a head exposes its parts`() throws {
        let text =
            "POST /a%20b/c?x=1&y=%2B+z HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a:  2 \r\n"
            + "Accept: x\r\nContent-Length: 3\r\n\r\nabc"
        var parser = RequestParser(limits: HTTPLimits())
        #expect(parser.isBetweenRequests)
        let event = bytes(text).withUnsafeBytes { parser.next($0).event }
        #expect(!parser.isBetweenRequests)
        guard case .head(let head) = event else {
            Issue.record("no head")
            return
        }
        #expect(head.method == .post)
        #expect(head.pathText == "/a%20b/c")
        #expect(head.decodedPath(1..<6) == "a b")
        #expect(head.withTarget { String(decoding: $0, as: UTF8.self) }.hasPrefix("/a%20b/c?x"))
        #expect(head.queryItems()?.map(\.name) == ["x", "y"])
        #expect(head.queryItems()?.map(\.value) == ["1", "+ z"])
        #expect(head.fields.values(named: "X-a") == ["1", "2"])
        #expect(head.fields[.accept] == "x")
        #expect(head.fields.items(of: .accept) == ["x"] && head.fields.items(of: .via).isEmpty)
        #expect(head.fields[.cookie] == nil)
        #expect(head.framing == .length(3))
        #expect(!head.isAsterisk)
    }
}

/// `bytes` with one to three small damages of the kinds that hurt parsers.
func mutate(_ bytes: [UInt8], _ corpus: [[UInt8]], _ random: SeededRandom) -> [UInt8] {
    let spice = Array("\r\n\r\n \t:;,0159afAF+-x\u{0}\u{7f}\u{e9}/?#%*\"".utf8)
    var bytes = bytes
    for _ in 0...random.below(3) {
        let at = random.below(bytes.count + 1)
        switch random.below(7) {
        case 0 where at < bytes.count: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 1 where at < bytes.count: bytes[at] = spice[random.below(spice.count)]
        case 2: bytes.insert(spice[random.below(spice.count)], at: at)
        case 3 where at < bytes.count: bytes.remove(at: at)
        case 4 where at < bytes.count: bytes.removeSubrange(at...)
        case 5: bytes.insert(contentsOf: bytes.dropFirst(at).prefix(random.below(40)), at: at)
        default: bytes += corpus[random.below(corpus.count)]
        }
    }
    return bytes
}
