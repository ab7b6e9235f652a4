import Contract
import EntitiesContract
import Foundation
import Kernel
import OrganizationsContract
import ServiceKit
import TestSupport
import Testing

/// Wire types with hand-written JSON behave as the coders do.
@Suite struct JSONByteTests {
    private let random = SeededRandom(seed: 4)

    /// Like `AccessChecksBody`, but read by the coder.
    private struct PlainChecks: Decodable, Equatable {
        struct Check: Decodable, Equatable {
            let entityId: String
            let userId: String?
        }
        let checks: [Check]
    }

    private struct PlainAnswer: Decodable, Equatable {
        struct Grants: Decodable, Equatable {
            let organizationStore: [Int]
            let publicStore: [Int]
        }
        let subjects: [Grants]
    }

    private func text() -> String {
        let alphabet = Array("abcXYZ019_-é語😀\"\\/\n\r\t\u{8}\u{C}\u{1}\u{1F}\u{7F}\u{2028} {}[]:,")
        return String((0..<random.below(12)).map { _ in alphabet[random.below(alphabet.count)] })
    }

    private func coded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test func `hand-written encoders produce the coder's output`() throws {
        for _ in 0..<500 {
            let results = AccessResultsBody(
                results: (0..<random.below(4)).map { _ in
                    AccessResultsBody.Result(
                        entityId: text(), userId: text(),
                        via: random.below(2) == 0 ? nil : AccessStep.allCases[random.below(5)],
                        reason: [nil, .notAllowedToAsk, .userSuspended][random.below(3)])
                })
            #expect(JSON.text(results) == (try coded(results)))
            let query = StoreAccessQuery(
                subjects: (0..<random.below(3)).map { _ in
                    StoreAccessQuery.Subject(
                        userId: text(), entityIds: (0..<random.below(4)).map { _ in text() })
                })
            #expect(JSON.text(query) == (try coded(query)))
            let answer = StoreAccessReply(
                subjects: (0..<random.below(3)).map { _ in
                    StoreAccessReply.Grants(
                        organizationStore: (0..<random.below(4)).map { $0 * 7 }, publicStore: [])
                }, mark: random.below(2) == 0 ? nil : LeaseMark(epoch: text(), version: 7))
            #expect(JSON.text(answer) == (try coded(answer)))
        }
    }

    @Test func `snapshots write what the coder writes`() throws {
        let long = try JSON.decode(
            AuditValue.self, Array(#"{"prefix":"a\n/é","length":300,"sha256":"00"}"#.utf8))
        for _ in 0..<300 {
            let snapshot: AuditSnapshot = [
                "name": .text(text()), "owner_id": .null, text(): .list([text(), text()]),
                "ownerId": .number(random.below(1 << 40) - 5), "flag": .bool(random.below(2) == 0),
                "é": .list([]), "": long,
            ]
            #expect(JSON.text(snapshot) == (try coded(snapshot)))
        }
    }

    @Test func `hand-written decoders accept what the coder accepts`() throws {
        for _ in 0..<500 {
            let checks = (0..<random.below(4)).map { _ in
                (text(), random.below(2) == 0 ? nil : text())
            }
            let body = AccessChecksBody(
                checks: checks.map { AccessChecksBody.Check(entityId: $0.0, userId: $0.1) })
            let read = try JSON.decode(AccessChecksBody.self, Array(try coded(body).utf8))
            #expect(read.checks.map(\.entityId) == checks.map(\.0))
            #expect(read.checks.map(\.userId) == checks.map(\.1))
            let query = StoreAccessQuery(
                subjects: [StoreAccessQuery.Subject(userId: text(), entityIds: [text(), text()])])
            let again = try JSON.decode(StoreAccessQuery.self, JSON.encode(query))
            #expect(again.subjects[0].entityIds == query.subjects[0].entityIds)
            #expect(again.subjects[0].userId == query.subjects[0].userId)
        }
    }

    /// The result or the fault, as text.
    private func outcome<T: Decodable>(
        _ type: T.Type, _ json: String, _ show: (T) -> String
    ) -> String {
        outcome(type, Array(json.utf8), show)
    }

    private func outcome<T: Decodable>(
        _ type: T.Type, _ json: [UInt8], _ show: (T) -> String
    ) -> String {
        do {
            return show(try JSON.decode(type, json))
        } catch {
            return "\(error.code) \(error.fields)"
        }
    }

    @Test(arguments: [
        #"{"checks":[]}"#, #"{"checks":[{"entityId":"a"}]}"#, "{}", "[]", "null", "1", #""x""#,
        " {\n\"checks\" :\t[ {\r\"entityId\" : \"a\" , \"userId\":\"b\" } ] } ",
        #"{"checks":[{"entityId":"a","userId":null}]}"#, #"{"checks":[{"entityId":null}]}"#,
        #"{"checks":[{"userId":"a"}]}"#, #"{"checks":[{"entityId":1}]}"#, #"{"checks":{}}"#,
        #"{"checks":null}"#, #"{"checks":[null]}"#, #"{"checks":["a"]}"#,
        #"{"checks":[{"entityId":"a","more":[1,{"x":2}]}]}"#, #"{"more":1,"checks":[]}"#,
        #"{"checks":[{"entityId":"a"}],"more":true}"#,
        #"{"checks":[{"entityId":"a","entityId":"b"}]}"#,
        #"{"checks":[],"checks":[{"entityId":"b"}]}"#, #"{"checks":[{"entityId":"\u0061\n"}]}"#,
        #"{"\u0063hecks":[]}"#, #"{"checks":[{"entityId":"a"},]}"#, #"{"checks":[]} x"#, "",
        #"{"checks":[{"entityId":"a","userId":}]}"#, #"{"checks":[{"entityId":"a","userId":,}]}"#,
        #"{"checks":[{"entityId":"a","userId"}]}"#, #"{"checks":[{"userId":"b","entityId":}]}"#,
        "{\"checks\":[{\"entityId\":\"a\u{1}\"}]}", "{\u{B}\"checks\":[]}", "{\"checks\":[]}\u{C}",
        #"{"checks":[{"entityId":"é"}]}"#, "\u{FEFF}{\"checks\":[]}",
        "{\"checks\":[{\"entityId\":\"a\u{301}\u{301}\"}]}",
    ])
    func `hand-written decoders reject what the coder rejects, for the same reasons`(_ json: String)
    {
        let quick = outcome(AccessChecksBody.self, json) { body in
            "\(body.checks.map { [$0.entityId, $0.userId ?? "-"] })"
        }
        let plain = outcome(PlainChecks.self, json) { body in
            "\(body.checks.map { [$0.entityId, $0.userId ?? "-"] })"
        }
        #expect(quick == plain)
    }

    /// Bodies that are one byte from a valid one, and 16 bytes at a time apart.
    @Test func `hand-written decoders take and refuse what the coder does, byte by byte`() throws {
        let valid =
            Array(
                #"{"checks":[{"entityId":"ent_01JHMZ0000000000000000000A","userId":"u"},"#.utf8)
            + Array(#" {"userId":"12345678901234567", "entityId":"b"}]}"#.utf8)
        let bytes = Array("\"\\{}[]:,x0 \n\u{1}\u{B}é".utf8) + [0x00, 0x80, 0xFF]
        for place in valid.indices {
            var bodies = [Array(valid[..<place]), Array(valid[..<place] + valid[(place + 1)...])]
            for byte in bytes {
                bodies.append(Array(valid[..<place] + [byte] + valid[place...]))
                bodies.append(Array(valid[..<place] + [byte] + valid[(place + 1)...]))
            }
            for body in bodies {
                let quick = outcome(AccessChecksBody.self, body) { body in
                    "\(body.checks.map { [$0.entityId, $0.userId ?? "-"] })"
                }
                let plain = outcome(PlainChecks.self, body) { body in
                    "\(body.checks.map { [$0.entityId, $0.userId ?? "-"] })"
                }
                #expect(quick == plain, "\(String(decoding: body, as: UTF8.self))")
            }
        }
    }

    @Test func `hand-written decoders keep the limits of bodies`() {
        func outcomes(of json: String) -> (quick: String, plain: String) {
            (
                outcome(AccessChecksBody.self, json) { "\($0.checks.count)" },
                outcome(PlainChecks.self, json) { "\($0.checks.count)" }
            )
        }
        func items(_ count: Int) -> String {
            let item = #"{"entityId":"a"}"#
            return
                #"{"checks":[\#([String](repeating: item, count: count).joined(separator: ","))]}"#
        }
        func text(_ length: Int) -> String {
            #"{"checks":[{"entityId":"\#(String(repeating: "a", count: length))"}]}"#
        }
        for (json, isTaken) in [
            (items(1_000), true), (items(1_001), false), (text(128 * 1024), true),
            (text(128 * 1024 + 1), false),
        ] {
            let (quick, plain) = outcomes(of: json)
            #expect(quick == plain)
            #expect(quick.hasPrefix("validation_failed") == !isTaken)
        }
    }

    @Test(arguments: [
        "{}", #"{"version":"1.0.0"}"#, #"{"version":null}"#, #"{"version":1}"#, #"{"version":}"#,
        #"{"version":"a","version":"b"}"#, #"{"versions":"1"}"#, "[]", "{,}", #"{"version":"1",}"#,
    ])
    func `an installation's body is read as the coder does`(_ json: String) {
        struct Plain: Decodable { let version: String? }
        #expect(
            outcome(InstallBody.self, json) { $0.version ?? "-" }
                == outcome(Plain.self, json) { $0.version ?? "-" })
    }

    @Test(arguments: [
        "[0,1]", "[]", "[ 3 , 44 ]", "[-1]", "[1.0]", "[1e2]", "[007]", "[\"1\"]", "[null]",
        "[999999999999999999]", "[99999999999999999999]", "{}", "null",
    ])
    func `hand-written decoders read numbers as the coder does`(_ places: String) {
        let json = #"{"subjects":[{"organizationStore":\#(places),"publicStore":[]}]}"#
        let quick = outcome(StoreAccessReply.self, json) {
            "\($0.subjects.map(\.organizationStore))"
        }
        let plain = outcome(PlainAnswer.self, json) { "\($0.subjects.map(\.organizationStore))" }
        #expect(quick == plain)
    }
}
