using System.Text;
using System.Text.RegularExpressions;
using Juming.Site.Detection.Pipeline;
using NUnit.Framework;

namespace Juming.Site.Tests.Detection;

/// <summary>A literal that an expression is said to need must stand in every text that it matches.</summary>
public class RegexLiteralTests
{
    private static string[]? Of(string pattern) => RegexLiterals.Of(pattern, RegexOptions.None)?.Select(Encoding.UTF8.GetString).Order(StringComparer.Ordinal).ToArray();

    [TestCase(@"union\s+select", "select")]
    [TestCase(@"C:\\Windows\\Temp\\[a-z]+\.exe", @"c:\windows\temp\")]
    [TestCase(@"(wget|curl)\s", "curl,wget")]
    [TestCase(@"(wget|curl)?\s", null)]
    [TestCase(@"(wget|.*)x", null)]
    [TestCase(@"abcd?e", "abc")]
    [TestCase(@"abc{0,2}", null)]
    [TestCase(@"abcd{2}", "abcd")]
    [TestCase(@"(?:foo)(?=barbar)baz", "foo")]
    [TestCase(@"(?<name>hello)", "hello")]
    [TestCase(@"(?i)HELLO", "hello")]
    [TestCase(@"[abc]def[^x]", "def")]
    [TestCase(@"\d{3}\w+abc\.def", "abc.def")]
    [TestCase(@"a|bcd", null)]
    [TestCase(@"(?x) a b c d", null)]
    [TestCase(@"\x41bcd", "bcd")]
    [TestCase(@"abc|def|ghi", "abc,def,ghi")]
    public void Needed_literals(string pattern, string? expected) =>
        Assert.That(Of(pattern), expected is null ? Is.Null : Is.EqualTo(expected.Split(',')));

    [Test]
    public void No_text_that_matches_is_without_a_needed_literal()
    {
        var random = new Random(11);
        string[] pieces = ["abc", "de", "f", "x+", "y*", "z?", "(abc|def)", "(ab)?", "[a-f]", ".", @"\.", "(xyz){2}", "(a|bc|def)+", "^", "$", "|", "fed", @"\w", "q{1,3}"];
        var checkedTexts = 0;
        for (var i = 0; i < 4000; i++)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(2, 7)).Select(_ => pieces[random.Next(pieces.Length)]));
            Regex regex;
            try
            {
                regex = new Regex(pattern);
            }
            catch (ArgumentException)
            {
                continue;
            }
            if (RegexLiterals.Of(regex.ToString(), regex.Options) is not { } literals) continue;
            for (var j = 0; j < 60; j++)
            {
                var text = string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => new[] { "abc", "def", "xyz", "xyzxyz", "de", "f", ".", "q", "fed", "bc", "a" }[random.Next(11)]));
                if (!regex.IsMatch(text)) continue;
                checkedTexts++;
                Assert.That(literals.Any(l => text.Contains(Encoding.UTF8.GetString(l), StringComparison.OrdinalIgnoreCase)), Is.True, () => $"{pattern} matches {text}");
            }
        }
        Assert.That(checkedTexts, Is.GreaterThan(1000));
    }
}
