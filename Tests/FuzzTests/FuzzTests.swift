import Foundation
import FuzzTargets
import Kernel
import TestSupport
import Testing

/// The short run of what `deploy/fuzz` does at length: the corpus, and seeded variations of it.
@Suite struct FuzzTests {
    private static let variations = 3_000

    private static func corpus(_ name: String) throws -> [[UInt8]] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fuzzing/Corpus/\(name)")
        return try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil
        ).sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
    }

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `no fuzzed input breaks a rule`(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let corpus = try Self.corpus(name)
        try #require(!corpus.isEmpty, "a target without a corpus")
        for input in corpus { target.run(input) }
        // A rule that breaks ends the process: what stands last in the log is its seed.
        let seed = UInt64.random(in: .min ... .max)
        print("fuzzing \(name) with seed \(seed)")
        let random = SeededRandom(seed: seed)
        for _ in 0..<Self.variations {
            var input = corpus[random.below(corpus.count)]
            for _ in 0...random.below(4) { vary(&input, corpus, random) }
            target.run(Array(input.prefix(4_096)))
        }
    }

    private func vary(_ input: inout [UInt8], _ corpus: [[UInt8]], _ random: SeededRandom) {
        let place = random.below(input.count + 1)
        let end = min(input.count, place + 1 + random.below(8))
        switch random.below(6) {
        case 0 where place < input.count: input[place] = UInt8(random.below(256))
        case 1 where place < input.count: input[place] ^= 1 << UInt8(random.below(8))
        case 2: input.removeSubrange(place..<end)
        case 3: input.insert(contentsOf: Self.words[random.below(Self.words.count)], at: place)
        case 4:
            let other = corpus[random.below(corpus.count)]
            input.insert(contentsOf: other.suffix(random.below(other.count + 1)), at: place)
        default:
            let part = Array(input[place..<end])
            for _ in 0...random.below(40) { input.insert(contentsOf: part, at: place) }
        }
    }

    /// What parsers look for.
    private static let words: [[UInt8]] =
        [
            "\r\n", "\n", "\r", "\0", " ", "\t", ":", ";", ",", "=", "\"", "\\", "%", "%2F", "%00",
            "+", "-", ".", "/", "//", "..", "0", "7fffffffffffffff", "-1", "1e400", "{", "[", "]",
            "}",
            "null", "\\u0301", "\u{301}", "\u{316}", "\u{200B}", "\u{202E}", "\u{FEFF}", "ß",
            "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "for=",
            "W/\"",
        ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]]
}
