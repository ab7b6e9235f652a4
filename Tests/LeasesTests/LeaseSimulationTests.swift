import Contract
import Leases
import Testing

@Suite struct LeaseSimulationTests {
    /// Each is five seconds with some hundred questions and a fault in most of them.
    private static let seeds: Range<UInt64> = 1..<301

    @Test(arguments: 0..<4)
    func `no holder answers what was true before a change, nor holds one up for over a second`(
        part: UInt64
    ) async {
        var (answers, changes) = (0, 0)
        for seed in Self.seeds where seed % 4 == part {
            var simulation = LeaseSimulation(seed: seed)
            simulation.run()
            #expect(simulation.mistakes.isEmpty, "seed \(seed): \(simulation.mistakes)")
            if !simulation.mistakes.isEmpty { return }
            answers += simulation.answers
            changes += simulation.changes
            // All take seconds: others' turn.
            await Task.yield()
        }
        // Leases answer much in spite of all the faults.
        #expect(answers > 10_000 && changes > 1_000, "\(answers) answers, \(changes) changes")
    }
}
