import Foundation
import Glibc
import TestSupport
import Testing

@Suite(.serialized) struct LifeTests {
    @Test(arguments: LiveStack.Service.allCases.map(\.rawValue))
    func `configuration errors are reported together, with exit code 78`(_ name: String)
        async throws
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

    @Test(arguments: LiveStack.Service.allCases.map(\.rawValue))
    func `--help lists the variables, --version prints the version`(_ name: String) async throws {
        let folder = try TemporaryFolder()
        for (argument, expected) in [("--help", "LATCHKEY_DATA_DIR"), ("--version", name + " 0.")] {
            let process = try RunningProcess(
                name, [:], log: URL(fileURLWithPath: folder.path + "/" + argument),
                arguments: [argument])
            #expect(await process.ended(within: 10) == 0)
            #expect(process.text.contains(expected))
        }
    }

    @Test(arguments: ["gateway", "gateway's internal", "entities"])
    func `the error for a port in use names the port`(_ which: String) async throws {
        let stack = try await LiveStack()
        try await stack.start()
        // Like a second copy: its own data, one port in common.
        let other = try await LiveStack()
        var environment = other.environment(other.gatewayPort)
        let taken: UInt16
        switch which {
        case "gateway": taken = stack.gatewayPort
        case "entities": taken = stack.entitiesPort
        default: taken = stack.internalPort
        }
        environment[which == "gateway's internal" ? "LATCHKEY_INTERNAL_PORT" : "LATCHKEY_PORT"] =
            "\(taken)"
        let second = try RunningProcess(
            which == "entities" ? "entities" : "gateway", environment,
            log: URL(fileURLWithPath: other.folder.path + "/second.log"))
        #expect(await second.ended(within: 10) == 1)
        #expect(second.text.contains("\(taken)"), "\(second.text)")
        await second.killNow()
        await stack.killAll()
    }

    @Test func `the error for a data folder in use names the folder`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let second = try RunningProcess(
            "entities", stack.environment(Ports.next()),
            log: URL(fileURLWithPath: stack.folder.path + "/second.log"))
        #expect(await second.ended(within: 10) == 1)
        #expect(second.text.contains(stack.dataFolder), "\(second.text)")
        await second.killNow()
        await stack.killAll()
    }

    @Test func `on an existing database each executable is ready soon`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        #expect(await stack.stop())
        try await stack.start()
        // The limit of a release build on an idle machine is 300 ms of wall time. Other tests run
        // here at the same time, so processor time counts.
        for service in LiveStack.Service.allCases {
            let used = try #require(stack.process(service)?.cpuMilliseconds)
            print("cold start to /readyz: \(service) \(used) ms of a processor")
            #expect(used < 2_000)
        }
        await stack.killAll()
    }
}
