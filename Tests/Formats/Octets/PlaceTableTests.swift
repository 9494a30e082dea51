import Testing

@testable import Octets

struct PlaceTableTests {
  private let names = (0..<1000).map { Array("name \($0)".utf8) }

  private func table(_ hash: @escaping (Int) -> Int) -> PlaceTable {
    var table = PlaceTable()
    for place in names.indices { table.insert(place, hash: hash) }
    return table
  }

  @Test func everyPlaceIsFoundByWhatStandsThere() {
    let table = table { PlaceTable.hash(names[$0][...]) }
    for (place, name) in names.enumerated() {
      #expect(table.find(PlaceTable.hash(name[...])) { names[$0] == name } == place)
    }
    let stranger = Array("stranger".utf8)
    #expect(table.find(PlaceTable.hash(stranger[...])) { names[$0] == stranger } == nil)
  }

  /// Slow, and right all the same.
  @Test(arguments: [0, -1, Int.max]) func equalHashesAreToldApart(hash: Int) {
    let table = table { _ in hash }
    #expect(names.indices.allSatisfy { place in table.find(hash) { $0 == place } == place })
    #expect(table.find(hash) { _ in false } == nil)
  }

  @Test func aPlaceGivesWayToAnother() {
    var table = table { _ in 7 }
    table.replace(5, with: 2000, 7)
    #expect(table.find(7) { $0 == 2000 } == 2000)
    #expect(table.find(7) { $0 == 5 } == nil)
    #expect(table.find(7) { $0 == 6 } == 6)
  }
}
