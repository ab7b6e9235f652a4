import Foundation
import Glibc
import TestSupport
import Testing

@Suite(.serialized) struct DurabilityTests {
    @Test func `an acknowledged share survives kill -9 of all processes`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let entity = try await stack.entity(ada.token)
        for round in 0..<5 {
            let people = try await withThrowingTaskGroup(of: String.self) { group in
                for index in 0..<4 {
                    group.addTask { try await stack.user("p\(round)x\(index)").id }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(people.count == 4)
            let shared = await share(stack, entity, ada.token, round)
            await stack.killAll()
            try await stack.start()
            let list = try await stack.api.call(
                "GET", "/api/entities/\(entity)/shares?pageSize=100", token: ada.token)
            let kept = Set(list.json?["items"]?.items.compactMap { $0["id"]?.string } ?? [])
            #expect(shared.count == 4)
            #expect(kept.isSuperset(of: shared))
        }
        await stack.killAll()
    }

    /// Shares with four users in parallel.
    /// - Returns: the ids of acknowledged shares.
    private func share(
        _ stack: LiveStack, _ entity: String, _ token: String, _ round: Int
    ) async -> [String] {
        await withTaskGroup(of: [String].self) { group in
            for index in 0..<4 {
                group.addTask {
                    let answer = try? await stack.api.call(
                        "POST", "/api/entities/\(entity)/shares", token: token,
                        body: #"{"emails":["p\#(round)x\#(index)@example.com"]}"#)
                    guard let answer, answer.status == 200 else { return [] }
                    return answer.json?["created"]?.items.compactMap { $0["id"]?.string } ?? []
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    @Test func `every acknowledged write survives a kill during many writes`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        for round in 0..<3 {
            let acknowledged = await withTaskGroup(of: [String].self) { group in
                for writer in 0..<8 {
                    group.addTask { await Self.write(stack, ada.token, "\(round)-\(writer)") }
                }
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(400))
                    await stack.killAll()
                    return []
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(!acknowledged.isEmpty)
            try await stack.start()
            for id in acknowledged {
                let answer = try await stack.api.call(
                    "GET", "/api/entities/\(id)", token: ada.token)
                #expect(answer.status == 200, "lost \(id)")
            }
        }
        await stack.killAll()
    }

    /// Creates entities until the gateway is killed.
    /// - Returns: the ids of acknowledged ones.
    private static func write(_ stack: LiveStack, _ token: String, _ name: String) async -> [String]
    {
        var ids: [String] = []
        for index in 0..<10_000 {
            let answer = try? await stack.api.call(
                "POST", "/api/entities", token: token,
                body: #"{"name":"\#(name)-\#(index)","type":"app"}"#)
            guard let answer else { break }
            if answer.status == 201, let id = answer["id"] { ids.append(id) }
        }
        return ids
    }

    @Test(arguments: LiveStack.Service.allCases)
    func `a database of a newer version is refused`(_ service: LiveStack.Service) async throws {
        let stack = try await LiveStack()
        try await stack.start()
        #expect(await stack.stop())
        let name = service.rawValue
        try await SQLite.run("PRAGMA user_version = 999", on: stack, name)
        try stack.start(service)
        let refusing = stack.process(service)
        #expect(await refusing?.ended(within: 10) == 1)
        #expect(refusing?.text.contains("schema version 999") == true)
        #expect(try await SQLite.run("PRAGMA user_version", on: stack, name) == "999\n")
        await stack.killAll()
    }
}
