import Foundation
import Glibc
import TestSupport
import Testing

@Suite(.serialized) struct LifeTests {
    @Test func `SIGTERM under load fails no request and ends with 0`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let entity = try await stack.entity(ada.token)
        let stopping = Flag()
        let outcomes = await withTaskGroup(of: [Int].self) { group in
            for _ in 0..<8 {
                group.addTask { await Self.load(stack, ada.token, entity, until: stopping) }
            }
            group.addTask {
                try? await Task.sleep(for: .milliseconds(300))
                stopping.set()
                let codes = await stack.stop()
                return codes == [0, 0] ? [] : [-2]
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(outcomes.count > 50)
        #expect(outcomes.allSatisfy { $0 == 200 }, "\(Set(outcomes))")
    }

    /// Statuses of requests that had a connection; a refused one ends the load.
    private static func load(
        _ stack: LiveStack, _ token: String, _ entity: String, until stopping: Flag
    ) async -> [Int] {
        var statuses: [Int] = []
        while true {
            do {
                let answer = try await stack.api.call(
                    "GET", "/api/entities/\(entity)/publishers/me", token: token)
                statuses.append(answer.status)
            } catch RawFailure.refused {
                return statuses
            } catch {
                // A connection that the kernel took after the listener was closed is reset unread.
                if !stopping.isSet { statuses.append(-1) }
                return statuses
            }
        }
    }

    @Test(arguments: ["gateway", "entities"])
    func `mistakes in the configuration are reported together, exit 78`(_ name: String) async throws
    {
        let folder = try TemporaryFolder()
        let process = try RunningProcess(
            name,
            [
                "LATCHKEY_PORT": "x", "LATCHKEY_INTERNAL_SECRET": "short",
                "LATCHKEY_LOG_LEVEL": "loud",
            ], log: URL(fileURLWithPath: folder.path + "/log"))
        #expect(await process.ended(within: 10) == 78)
        for variable in ["LATCHKEY_PORT", "LATCHKEY_INTERNAL_SECRET", "LATCHKEY_LOG_LEVEL"] {
            #expect(process.text.contains(variable))
        }
        #expect(!process.text.contains("short "))
    }

    @Test(arguments: ["gateway", "entities"])
    func `--help lists the variables, --version the version`(_ name: String) async throws {
        let folder = try TemporaryFolder()
        for (argument, expected) in [("--help", "LATCHKEY_DATA_DIR"), ("--version", name + " 0.")] {
            let process = try RunningProcess(
                name, [:], log: URL(fileURLWithPath: folder.path + "/" + argument),
                arguments: [argument])
            #expect(await process.ended(within: 10) == 0)
            #expect(process.text.contains(expected))
        }
    }

    @Test func `a port that is taken is named`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let second = try RunningProcess(
            "entities", stack.environment(stack.entitiesPort),
            log: URL(fileURLWithPath: stack.folder.path + "/second.log"))
        #expect(await second.ended(within: 10) == 1)
        #expect(second.text.contains("\(stack.entitiesPort)"))
        await stack.killAll()
    }

    @Test func `on an existing database each executable is ready soon`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        #expect(await stack.stop() == [0, 0])
        let begin = Date()
        try await stack.start()
        // The bound of a release build is 300 ms (deploy/bench); this one is not optimised.
        #expect(Date().timeIntervalSince(begin) < 3)
        await stack.killAll()
    }
}

/// A flag that tasks share.
final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false

    var isSet: Bool { lock.withLock { value } }

    func set() { lock.withLock { value = true } }
}
