using System.Text;
using Juming.Site.Collection.Receivers;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection;

[Category("S2")]
public sealed class SyslogFramingTests
{
    [Test]
    public void Lines_end_with_line_feed_carriage_return_or_nul() =>
        Assert.That(ReadAll("<1>a\n<1>b\r\n<1>c\0<1>d\n"), Is.EqualTo(new[] { "<1>a", "<1>b", "<1>c", "<1>d" }));

    [Test]
    public void Counted_messages_keep_their_line_feeds() =>
        Assert.That(ReadAll("8 <1>a\nb\nc6 <1>def"), Is.EqualTo(new[] { "<1>a\nb\nc", "<1>def" }));

    [Test]
    public void Counted_and_plain_messages_may_alternate_on_one_connection() =>
        Assert.That(ReadAll("5 <1>ab<1>plain\n5 <1>cd"), Is.EqualTo(new[] { "<1>ab", "<1>plain", "<1>cd" }));

    [TestCase("99999999999 <1>x\n", "99999999999 <1>x")]
    [TestCase("2024-01-01 something\n", "2024-01-01 something")]
    [TestCase("12 monkeys\n", "12 monkeys")]
    [TestCase("007 <1>x\n", "007 <1>x")]
    public void A_count_that_cannot_be_true_is_text(string stream, string line) => Assert.That(ReadAll(stream), Is.EqualTo(new[] { line }));

    [TestCase("12 <1>a\n<2>b\n<3>c\n", new[] { "12 <1>a", "<2>b", "<3>c" })]
    [TestCase("10 <1>a\n<2>b\n<3>c\n", new[] { "10 <1>a", "<2>b", "<3>c" })]
    [TestCase("5 <1>abcdefg\n<2>next\n", new[] { "5 <1>abcdefg", "<2>next" })]
    [TestCase("70000 <1>a\n<2>b\n", new[] { "70000 <1>a", "<2>b" })]
    public void A_count_that_runs_over_other_messages_swallows_none(string stream, string[] lines) => Assert.That(ReadAll(stream), Is.EqualTo(lines));

    [Test]
    public void A_counted_frame_may_be_followed_by_a_line_feed_of_its_own() =>
        Assert.That(ReadAll("8 <1>a\nb\nc\n6 <1>def\n"), Is.EqualTo(new[] { "<1>a\nb\nc", "<1>def" }));

    [Test]
    public void The_end_of_the_connection_ends_the_last_message()
    {
        Assert.That(SyslogFraming.TryRead("50 <1>unfinished"u8, StreamState.Ended, out var message, out var used, out _), Is.True);
        Assert.That((Encoding.UTF8.GetString(message), used), Is.EqualTo(("<1>unfinished", 16)));
    }

    [TestCase("")]
    [TestCase("5")]
    [TestCase("50 <1>unfinished")]
    [TestCase("<1>no end yet")]
    public void Half_a_message_waits_for_more(string stream) => Assert.That(ReadAll(stream), Is.Empty);

    [Test]
    public void Any_cut_of_a_stream_gives_the_same_messages()
    {
        var stream = Encoding.UTF8.GetBytes("<1>one\n7 <2>two\n<3>three\r\n12 <4>four five\0<5>six\n");
        var whole = ReadAll(Encoding.UTF8.GetString(stream));
        for (var cut = 1; cut < stream.Length; cut++)
        {
            var found = new List<string>();
            var kept = new List<byte>();
            foreach (var part in new[] { stream[..cut], stream[cut..] })
            {
                kept.AddRange(part);
                Drain(kept, found);
            }
            Drain(kept, found, StreamState.Paused);
            Assert.That(found, Is.EqualTo(whole), $"cut at {cut}");
        }
    }

    private static List<string> ReadAll(string stream)
    {
        var found = new List<string>();
        Drain([.. Encoding.UTF8.GetBytes(stream)], found, StreamState.Paused);
        return found;
    }

    private static void Drain(List<byte> buffer, List<string> found, StreamState state = StreamState.Flowing)
    {
        while (SyslogFraming.TryRead(buffer.ToArray(), state, out var message, out var used, out var rest))
        {
            Assert.That(rest, Is.Zero);
            if (!message.IsEmpty) found.Add(Encoding.UTF8.GetString(message));
            buffer.RemoveRange(0, used);
        }
    }
}
