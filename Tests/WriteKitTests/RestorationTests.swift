import FoundationEssentials
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@Suite struct RestorationTests {
    /// Facts as a context writes them, from the parts that matter.
    private func facts(
        owned: [String] = [], references: [String] = [], tombstones: [String] = []
    ) throws -> RestoredFacts {
        func list(_ ids: [String]) -> String {
            #"{"user":["# + ids.map { "\"\($0)\"" }.joined(separator: ",") + "]}"
        }
        let text = """
            {"owned":\(list(owned)),"references":\(list(references)),
            "tombstones":\(list(tombstones)),"memberships":[],"entities":[],"suspended":[],
            "offboardings":[],"admin":"usr_admin"}
            """
        return try JSONDecoder().decode(RestoredFacts.self, from: Data(text.utf8))
    }

    private func restoration(_ facts: [String: RestoredFacts]) -> Restoration {
        Restoration(facts: facts, ids: IDMinter(clock: FakeClock(), random: SystemRandom()))
    }

    @Test func `what a context refers to is missing if its owner has it neither now nor deleted`()
        throws
    {
        let restoration = restoration([
            "gateway": try facts(owned: ["usr_1", "usr_admin"]),
            "entities": try facts(
                references: ["usr_1", "usr_2", "usr_3"], tombstones: ["usr_3"]),
        ])
        #expect(restoration.missing(.user, in: "entities", owner: "gateway") == ["usr_2"])
        #expect(restoration.others(than: "gateway") == ["entities"])
        #expect(try restoration.actor().userId == "usr_admin")
    }

    @Test func `only tombstones of what the owner has are forgotten`() async throws {
        let world = try OutboxWorld()
        // More than one statement takes.
        let ids = (0..<10_001).map { "usr_\($0)" }
        let restoration = restoration(["gateway": try facts(owned: ids)])
        try await world.database.write { tx in
            for id in ["usr_0", "usr_10000", "usr_gone"] { try Tombstone.user.insert(id, in: tx) }
            try Tombstone.entity.insert("usr_1", in: tx)
        }
        try await world.database.write {
            try restoration.forgetTombstones(.user, owner: "gateway", in: $0)
        }
        let left = try world.database.dump(of: "tombstones").map { $0.split(separator: "'")[1...3] }
        #expect(Set(left.map { "\($0[1]) \($0[3])" }) == ["user usr_gone", "entity usr_1"])
    }

    @Test func `an event is for the one context that lacks it`() async throws {
        let world = try OutboxWorld()
        let restoration = restoration(["gateway": try facts()])
        try await world.database.write {
            try restoration.notify("far", of: "x.done", ["a": 1], in: $0)
        }
        let waiting = try world.waiting()
        #expect(waiting.count == 1 && waiting[0].hasPrefix("far evt_"))
    }
}
