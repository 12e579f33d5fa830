using System.Text;
using System.Text.Json;
using Juming.Site.Collection;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Normalize;

[Category("S2")]
public sealed class LineParseTests
{
    [Test]
    public async Task Each_line_becomes_one_object_with_its_number_and_empty_lines_are_passed_over()
    {
        var events = await Parse("<38>Nov 23 08:00:00 jump01 sshd[77]: Failed password for root from 203.0.113.9 port 4711 ssh2\r\n\n\nwhat is this\nlast without end");
        Assert.Multiple(() =>
        {
            Assert.That(events.Select(e => e.GetProperty("line").GetInt32()), Is.EqualTo(new[] { 1, 4, 5 }));
            Assert.That(events[0].GetProperty("source.ip").GetString(), Is.EqualTo("203.0.113.9"));
            Assert.That(events[0].GetProperty("event.original").GetString(), Does.EndWith("ssh2"));
            Assert.That(events[1].GetProperty("tags").EnumerateArray().Select(t => t.GetString()), Does.Contain("unparsed"));
        });
    }

    [Test]
    public async Task Gb18030_is_read_as_text()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var events = await Parse(Encoding.GetEncoding("GB18030").GetBytes("<134>Nov 23 08:00:00 fw secdev: 告警 级别=高 源地址=45.1.2.3\n"));
        Assert.That(events[0].GetProperty("event.original").GetString(), Does.Contain("告警 级别=高"));
    }

    [Test]
    public async Task A_line_of_megabytes_is_cut_and_the_next_one_is_whole()
    {
        var events = await Parse(new string('x', 3_000_000) + "\nshort\n" + new string('y', 70_000));
        Assert.Multiple(() =>
        {
            Assert.That(events, Has.Count.EqualTo(3));
            Assert.That(events[0].GetProperty("event.original").GetString(), Has.Length.EqualTo(64 * 1024));
            Assert.That(events[0].GetProperty("tags").EnumerateArray().Select(t => t.GetString()), Does.Contain("truncated"));
            Assert.That(events[1].GetProperty("event.original").GetString(), Is.EqualTo("short"));
            Assert.That(events.Select(e => e.GetProperty("line").GetInt32()), Is.EqualTo(new[] { 1, 2, 3 }));
        });
    }

    [Test]
    public async Task Any_bytes_give_valid_json_and_never_stop_it()
    {
        var bytes = new byte[400_000];
        new Random(11).NextBytes(bytes);
        var lines = bytes.Count(b => b == '\n');
        var events = await Parse(bytes);
        Assert.That(events.Max(e => e.GetProperty("line").GetInt32()), Is.EqualTo(lines + 1));
    }

    [Test]
    public void An_unknown_format_is_refused_with_the_names_there_are() =>
        Assert.That(async () => await LineParse.Run(Stream.Null, Stream.Null, "toml", TimeProvider.System, CancellationToken.None), Throws.ArgumentException.With.Message.Contains("auto, json, cef"));

    private static Task<List<JsonElement>> Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    private static async Task<List<JsonElement>> Parse(byte[] bytes)
    {
        using var output = new MemoryStream();
        await LineParse.Run(new MemoryStream(bytes), output, "auto", TimeProvider.System, CancellationToken.None);
        return [.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
    }
}
