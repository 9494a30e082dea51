import StrictJSON
import Testing

@Suite struct JSONWriterTests {
  @Test func writesInMemberOrder() {
    let value: JSON = ["b": [1, [], [:]], "a": ["x": nil, "y": true, "z": false], "n": .number(Array("1.50".utf8))]
    #expect(
      String(decoding: value.serialized(), as: UTF8.self)
        == #"{"b":[1,[],{}],"a":{"x":null,"y":true,"z":false},"n":1.50}"#)
    #expect(
      String(decoding: value.serialized(pretty: true), as: UTF8.self) == """
        {
          "b": [
            1,
            [],
            {}
          ],
          "a": {
            "x": null,
            "y": true,
            "z": false
          },
          "n": 1.50
        }
        """)
  }

  @Test(arguments: [
    ("plain é 😀", "plain é 😀"), ("\"\\/", #"\"\\/"#), ("\u{8}\t\n\u{c}\r\u{0}\u{1f}", #"\b\t\n\f\r\u0000\u001f"#),
    // What steers a terminal or reorders text never leaves as it came.
    ("\u{1b}[2J\u{7f}\u{9b}", #"\u001b[2J\u007f\u009b"#), ("a\u{202e}b\u{2066}\u{200b}", #"a\u202eb\u2066\u200b"#),
    ("\u{2028}\u{2029}\u{feff}", #"\u2028\u2029\ufeff"#), ("\u{e0041}", #"\udb40\udc41"#),
  ])
  func escapes(_ text: String, _ written: String) throws {
    let bytes = JSON.text(text).serialized()
    #expect(String(decoding: bytes, as: UTF8.self) == "\"\(written)\"")
    #expect(try JSON(parsing: bytes, named: "x") == .text(text))
  }

  @Test func repairsWhatIsNoUTF8() throws {
    let bytes = JSON.string([0x61, 0xff, 0x62]).serialized()
    #expect(try JSON(parsing: bytes, named: "x") == "a\u{fffd}b")
  }

  @Test func literals() {
    var object: JSONObject = ["a": 1]
    object.append("b", "\(2)")
    #expect(JSON.object(object)["b"] == "2")
    #expect(JSON.object(object)["c"] == nil)
    #expect(JSON.integer(.min) == .number(Array("-9223372036854775808".utf8)))
    #expect(JSON.array([])["a"] == nil)
  }
}
