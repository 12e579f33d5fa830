using Juming.Site.Ssh;
using Juming.Site.Ssh.Commands;
using NUnit.Framework;

namespace Juming.Site.Tests.Ssh;

/// <summary>Templates are read strictly: what is wrong is named by line and reason.</summary>
[Category("S3.2")]
internal sealed class TemplateReaderTests
{
    public const string Good = """
        apiVersion: juming/command.v1
        id: our-own
        version: 1
        kind: rights
        platform: linux
        name: {zh: 自有, en: Own}
        about: {zh: 自有, en: Own}
        risk: {zh: 无, en: None}
        parameters:
          - {name: account, type: user, label: {zh: 账号, en: Account}}
        check: |
          [ -e /x ] && there
          absent
        apply: touch /x
        undo: rm /x
        """;

    [Test]
    public void A_good_one_is_read()
    {
        var (template, faults) = TemplateReader.Read(Good);
        Assert.That(faults, Is.Empty);
        Assert.That((template!.Id, template.Kind, template.Parameters[0].Type, template.Limit), Is.EqualTo(("our-own", CommandKind.Rights, "user", TimeSpan.FromSeconds(30))));
    }

    [TestCase("juming/command.v1", "juming/command.v2", 1, "apiVersion")]
    [TestCase("id: our-own", "id: Our_Own", 1, "id must be")]
    [TestCase("kind: rights", "kind: anything", 1, "kind must be")]
    [TestCase("platform: linux", "platform: windows", 1, "platform must be linux")]
    [TestCase("version: 1", "version: -1", 3, "version is a whole number")]
    [TestCase("undo: rm /x", "", 1, "undo is missing")]
    [TestCase("undo: rm /x", "undo: rm /x\nshell: sh", 16, "'shell' is not known")]
    [TestCase("undo: rm /x", "undo: eval rm /x", 15, "eval")]
    [TestCase("undo: rm /x", "undo: {a: b}", 15, "undo is a text")]
    [TestCase("type: user", "type: anything", 10, "unknown type")]
    [TestCase("type: user", "type: path", 10, "roots belong to a path")]
    [TestCase("type: user", "type: path, roots: [/]", 10, "never / itself")]
    [TestCase("type: user", "type: number", 10, "needs min and max")]
    [TestCase("type: user", "type: enum, values: ['a b']", 10, "a value is made of")]
    [TestCase("type: user", "type: user, default: '-x'", 10, "its own default")]
    [TestCase("type: user", "type: user, pattern: '('", 10, "no regular expression")]
    [TestCase("type: user", "type: user, pattern: '(a)\\1'", 10, "no regular expression")]
    [TestCase("name: account", "name: was", 10, "can't be the name")]
    [TestCase("name: account", "name: PATH", 10, "can't be the name")]
    [TestCase("type: user", "type: word", 1, "a parameter of the type user")]
    [TestCase("zh: 自有, en: Own", "zh: 自有", 6, "en is a line")]
    [TestCase("  absent\n", "  :\n", 11, "ends with there")]
    [TestCase("parameters:", "parameters: [", 1, "not YAML")]
    public void A_broken_one_is_refused_with_line_and_reason(string good, string broken, int line, string reason)
    {
        Assert.That(Good, Does.Contain(good));
        var (template, faults) = TemplateReader.Read(Good.Replace(good, broken, StringComparison.Ordinal));
        Assert.That(template, Is.Null);
        Assert.That(faults.Any(f => f.Reason.Contains(reason, StringComparison.Ordinal) && (line == 1 || f.Line == line)), string.Join('\n', faults));
    }

    [Test]
    public void All_that_come_with_the_program_are_there_in_both_languages()
    {
        Assert.That(TemplateShelf.Shipped, Has.Count.GreaterThanOrEqualTo(26));
        foreach (var template in TemplateShelf.Shipped.Values) Assert.That(template.Name.Zh, Is.Not.EqualTo(template.Name.En), template.Id);
    }
}
