using Juming.Site.Response.Expressions;
using NUnit.Framework;

namespace Juming.Site.Tests.Response;

/// <summary>Conditions of playbooks: what they mean, and that no text does harm.</summary>
[Category("S3.1")]
internal sealed class ExpressionTests
{
    private static readonly Dictionary<string, string> Values = new()
    {
        ["__score__"] = "97",
        ["__name__"] = "Web-01",
        ["__ip__"] = "10.1.2.3",
        ["__six__"] = "::ffff:10.1.2.3",
        ["__list__"] = "[\"T1110\",\"T1078\"]",
        ["__plain__"] = "a, b\nc",
        ["__evil__"] = "' or 1 = 1 or '",
        ["__nets__"] = "10.0.0.0/8,192.168.0.0/16",
    };

    [TestCase("__score__:value >= 90", true)]
    [TestCase("__score__:value < 90 or __name__:value = 'web-01'", true)]
    [TestCase("not (__score__:value >= 90)", false)]
    [TestCase("NOT __score__:value = 1 AND true", true)]
    [TestCase("__score__:value = 97.0", true)]
    [TestCase("__score__:value != '97'", false)]
    [TestCase("__ip__:value matches-cidr '10.0.0.0/8'", true)]
    [TestCase("__six__:value matches-cidr ['192.0.2.0/24', '10.1.0.0/16']", true)]
    [TestCase("__ip__:value matches-cidr __nets__:value", true)]
    [TestCase("__name__:value matches-cidr '10.0.0.0/8'", false)]
    [TestCase("__list__:value contains 'T1110'", true)]
    [TestCase("__list__:value contains 'T11'", false)]
    [TestCase("__name__:value contains 'web'", true)]
    [TestCase("__name__:value starts-with 'web'", true)]
    [TestCase("'b' in __plain__:value", true)]
    [TestCase("'d' not in ['a', \"d\"]", false)]
    [TestCase("count(__list__:value) = 2 and count(__plain__:value) = 3", true)]
    [TestCase("count(__nothing__:value) = 0", true)]
    [TestCase("__nothing__:value = ''", true)]
    [TestCase("__nothing__:value", false)]
    [TestCase("__evil__:value = 'x'", false)]
    [TestCase("-5 < 3", true)]
    [TestCase("'it\\'s' contains \"'\"", true)]
    public void A_condition_holds_or_not(string text, bool holds) => Assert.That(Expression.Parse(text).Holds(Values.GetValueOrDefault), Is.EqualTo(holds));

    [TestCase("", 0, "ends-early")]
    [TestCase("__score__:value >=", 18, "ends-early")]
    [TestCase("__score__ >= 1", 0, "unexpected")]
    [TestCase("1 = 1 1", 6, "unexpected")]
    [TestCase("(1 = 1", 6, "bracket-missing")]
    [TestCase("['a' 'b']", 5, "bracket-missing")]
    [TestCase("'abc", 0, "quote-missing")]
    [TestCase("score > 1", 0, "unknown-word")]
    [TestCase("System.IO.File.Delete('x')", 0, "unknown-word")]
    [TestCase("1 = 1; 2 = 2", 5, "unexpected")]
    [TestCase("count __x__:value", 6, "bracket-missing")]
    [TestCase("1 < 2 < 3", 6, "unexpected")]
    [TestCase("\u0000", 0, "unexpected")]
    public void A_mistake_is_named_with_its_place(string text, int position, string code) => Assert.That(Expression.Check(text), Is.EqualTo(new ExpressionError(position, code)));

    [Test]
    public void Depth_length_and_work_are_bounded()
    {
        Assert.That(Expression.Check(new string('(', 1000))!.Code, Is.EqualTo("too-complex"));
        Assert.That(Expression.Check(string.Concat(Enumerable.Repeat("not ", 400)) + "true")!.Code, Is.EqualTo("too-complex"));
        Assert.That(Expression.Check("[" + string.Join(",", Enumerable.Repeat("1", 500)) + "]")!.Code, Is.EqualTo("too-complex"));
        Assert.That(Expression.Check(new string('1', 3000))!.Code, Is.EqualTo("too-long"));
        Assert.That(Expression.Check(string.Join(" or ", Enumerable.Repeat("1=1", 200)))!.Code, Is.EqualTo("too-complex"));
    }

    [Test]
    public void A_word_is_not_compared_as_a_number()
    {
        var error = Assert.Throws<ExpressionException>(() => Expression.Parse("__name__:value > 3").Holds(Values.GetValueOrDefault))!;
        Assert.That(error.Error, Is.EqualTo(new ExpressionError(15, "not-a-number")));
        Assert.That(Assert.Throws<ExpressionException>(() => Expression.Parse("__ip__:value matches-cidr 'nonsense'").Holds(Values.GetValueOrDefault))!.Error.Code, Is.EqualTo("not-a-range"));
    }

    [Test]
    public void No_text_throws_anything_else()
    {
        var random = new Random(7);
        const string Letters = "()[]'\"=<>!,:_ andornotincountmatches-cidr__x__:value0123.\\\0\u4e2d";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Letters[random.Next(Letters.Length)]));
            try
            {
                Expression.Parse(text).Holds(Values.GetValueOrDefault);
            }
            catch (ExpressionException)
            {
                continue;
            }
        }
    }
}
