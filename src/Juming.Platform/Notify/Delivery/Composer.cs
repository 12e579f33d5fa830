using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Posting;
using Juming.Platform.Vault;

namespace Juming.Platform.Notify.Delivery;

/// <summary>Writes messages in the receiver's language, with what the channel may show and the link that is the receiver's own.</summary>
internal sealed class Composer(NoticeBook book, NotifySettings settings, IVault vault)
{
    private const int MostListed = 10;
    private const string ListPath = "/notifications";

    /// <summary>The message of one notice.</summary>
    public async Task<Message> Of(NoticeRow notice, DeliveryRow delivery, ChannelRow channel, ContactRow? contact, PathRow? path, CancellationToken ct)
    {
        var culture = CultureOf(channel, contact);
        var words = book.Write(notice, culture, Reveals(channel));
        var ended = notice.Ended is { } end ? book.Said(notice.Code, JsonSerializer.Deserialize<NoticeEnd>(end)!, culture, Reveals(channel)) : null;
        return new Message
        {
            Id = delivery.Id,
            Code = notice.Code,
            Weight = (NoticeWeight)notice.Weight,
            Title = words.Title,
            Text = ended is null ? words.Text : words.Text + "\n" + ended,
            Values = Values(notice, channel),
            Url = settings.AddressOf(path is null ? notice.Path : await Own(path, ct)),
            HasOwnUrl = path is not null,
            At = TimeZoneInfo.ConvertTime(notice.PostedAt, settings.TimeZone),
            Culture = culture,
            Site = Site,
            Buttons = notice.Answers is { } keys && ended is null && contact?.WeComProvenAt is not null ? Buttons(notice.Code, keys, culture) : null,
            Thread = notice.Path is null ? null : "t" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(notice.Path)))[..24],
        };
    }

    /// <summary>One message for many notices: how many, how urgent, and the weightiest by their titles.</summary>
    public Message Summary(DeliveryRow carrier, IReadOnlyList<NoticeRow> notices, ChannelRow channel, ContactRow? contact, DateTimeOffset now)
    {
        var culture = CultureOf(channel, contact);
        var listed = notices.OrderByDescending(n => n.Weight).ThenByDescending(n => n.PostedAt).Take(MostListed).Select(n => "· " + book.Write(n, culture, Reveals(channel)).Title).ToList();
        if (notices.Count > MostListed) listed.Add(NotifyTexts.In(culture, "Digest.More", notices.Count - MostListed));
        var minutes = Math.Max(1, (int)Math.Ceiling((now - notices.Min(n => n.PostedAt)).TotalMinutes));
        return new Message
        {
            Id = carrier.Id,
            Code = "notify.digest",
            Weight = (NoticeWeight)notices.Max(n => n.Weight),
            Title = NotifyTexts.In(culture, "Digest.Title", minutes, notices.Count, notices.Count(n => n.Weight >= (int)NoticeWeight.Urgent)),
            Text = string.Join('\n', listed),
            Values = new Dictionary<string, string> { ["count"] = notices.Count.ToString(CultureInfo.InvariantCulture), ["minutes"] = minutes.ToString(CultureInfo.InvariantCulture) },
            Url = settings.AddressOf(ListPath),
            At = TimeZoneInfo.ConvertTime(now, settings.TimeZone),
            Culture = culture,
            Site = Site,
        };
    }

    /// <summary>The code by which a person shows that a messenger account is theirs.</summary>
    public Message Proof(ChannelRow channel, ContactRow contact, string code, string account, DateTimeOffset now)
    {
        var culture = CultureOf(channel, contact);
        return new Message
        {
            Id = Guid.CreateVersion7(),
            Code = "notify.proof",
            Weight = NoticeWeight.Information,
            Title = NotifyTexts.In(culture, "Proof.Title", code),
            Text = NotifyTexts.In(culture, "Proof.Text", PlainText.Harmless(account)),
            At = TimeZoneInfo.ConvertTime(now, settings.TimeZone),
            Culture = culture,
            Site = Site,
        };
    }

    /// <summary>The message of the test button.</summary>
    public Message Test(ChannelRow channel, ContactRow? contact, string by, DateTimeOffset now)
    {
        var culture = CultureOf(channel, contact);
        return new Message
        {
            Id = Guid.CreateVersion7(),
            Code = "notify.test",
            Weight = NoticeWeight.Information,
            Title = NotifyTexts.In(culture, "Test.Title", channel.Name),
            Text = NotifyTexts.In(culture, "Test.Text", PlainText.Harmless(by)),
            Buttons = [new MessageButton("test", NotifyTexts.In(culture, "Card.TestButton"))],
            Url = settings.AddressOf(ListPath),
            At = TimeZoneInfo.ConvertTime(now, settings.TimeZone),
            Culture = culture,
            Site = Site,
        };
    }

    private string Site => settings.SiteName.Length > 0 ? settings.SiteName : Environment.MachineName;

    private async Task<string?> Own(PathRow path, CancellationToken ct)
    {
        try
        {
            return (await vault.Open(path.SecretId, Notices.PlaceOf(path.NoticeId, path.PersonId), "notify.link", ct)).Value;
        }
        catch (SecretGoneException)
        {
            // The notice still tells that something waits; the console shows it.
            return ListPath;
        }
    }

    private List<MessageButton> Buttons(string code, string keys, CultureInfo culture) => JsonSerializer.Deserialize<List<string>>(keys)!.ConvertAll(k => new MessageButton(k, book.Button(code, k, culture)));

    /// <summary>True for names of private values that may leave through a channel.</summary>
    public static Func<string, bool> Reveals(ChannelRow channel)
    {
        var names = channel.Reveal.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return name => names.Contains("*") || names.Contains(name);
    }

    private static Dictionary<string, string> Values(NoticeRow notice, ChannelRow channel)
    {
        var values = NoticeBook.Read(notice.Arguments);
        var reveals = Reveals(channel);
        foreach (var (name, value) in NoticeBook.Read(notice.Private)) values[name] = reveals(name) ? value : Masks.Of(value);
        return values;
    }

    /// <summary>The receiver's language.</summary>
    public static CultureInfo CultureOf(ChannelRow channel, ContactRow? contact) => CultureInfo.GetCultureInfo(contact is { Language.Length: > 0 } ? contact.Language : channel.Language);
}
