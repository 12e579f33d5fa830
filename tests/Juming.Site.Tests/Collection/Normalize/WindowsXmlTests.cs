using System.Text;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Normalize;

/// <summary>Windows events as XML come to the same fields as in JSON, and no XML is dangerous.</summary>
[Category("S2")]
public sealed class WindowsXmlTests
{
    private const string Sysmon = """<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385f-c22a-43e0-bf4c-06f5698ffbd9}'/><EventID>1</EventID><Version>5</Version><Level>4</Level><Task>1</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='2026-11-20T11:59:58.1234567Z'/><EventRecordID>77</EventRecordID><Correlation/><Execution ProcessID='1234' ThreadID='5678'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>pc01.corp.example</Computer><Security UserID='S-1-5-18'/></System><EventData><Data Name='UtcTime'>2026-11-20 11:59:58.120</Data><Data Name='ProcessId'>4242</Data><Data Name='Image'>C:\Windows\System32\cmd.exe</Data><Data Name='CommandLine'>cmd /c "echo &lt;a&gt; &amp; b"</Data><Data Name='User'>CORP\li</Data><Data Name='Hashes'>MD5=0123456789ABCDEF0123456789ABCDEF,SHA256=AB</Data></EventData></Event>""";
    private const string AsJson = """{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon","Guid":"{5770385f-c22a-43e0-bf4c-06f5698ffbd9}"}},"EventID":1,"Version":5,"Level":4,"Task":1,"Opcode":0,"Keywords":"0x8000000000000000","TimeCreated":{"#attributes":{"SystemTime":"2026-11-20T11:59:58.1234567Z"}},"EventRecordID":77,"Correlation":null,"Execution":{"#attributes":{"ProcessID":"1234","ThreadID":"5678"}},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"pc01.corp.example","Security":{"#attributes":{"UserID":"S-1-5-18"}}},"EventData":{"UtcTime":"2026-11-20 11:59:58.120","ProcessId":"4242","Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c \"echo <a> & b\"","User":"CORP\\li","Hashes":"MD5=0123456789ABCDEF0123456789ABCDEF,SHA256=AB"}}}""";

    private static readonly string[] Apart = ["jm.parser", "message", "event.original"];

    [Test]
    public void An_event_as_xml_has_the_fields_that_it_has_as_json()
    {
        var (xml, json) = (Normalize(Sysmon), Normalize(AsJson));
        Assert.That(Fields(xml), Is.EquivalentTo(Fields(json)));
        Assert.That(xml.Events[0].Time, Is.EqualTo(json.Events[0].Time));
        Assert.That(xml.Text(0, Field.JmParser), Is.EqualTo("windows-xml"));
        Assert.That(xml.Text(0, Field.ProcessCommandLine), Is.EqualTo("cmd /c \"echo <a> & b\""));
    }

    [TestCase("<13>Nov 20 19:59:58 pc01 EvntSLog: ")]
    [TestCase("<13>1 2026-11-20T19:59:58Z pc01 nxlog 4 - - ")]
    [TestCase("<?xml version=\"1.0\" encoding=\"utf-8\"?>")]
    [TestCase("\uFEFF")]
    public void It_is_found_behind_what_transports_put_before_it(string before)
    {
        var batch = Normalize(before + Sysmon);
        Assert.That((batch.Text(0, Field.EventCode), batch.Text(0, Field.WinlogChannel), batch.Text(0, Field.HostName)), Is.EqualTo(("1", "Microsoft-Windows-Sysmon/Operational", before.Contains("pc01", StringComparison.Ordinal) ? batch.Text(0, Field.HostName) : "pc01.corp.example")));
        Assert.That(batch.Events[0].Flags & EventFlags.Unparsed, Is.EqualTo(EventFlags.None));
    }

    [Test]
    public void The_rendered_message_and_data_without_a_name_are_kept()
    {
        var batch = Normalize("<Event>\n <System>\n  <EventID Qualifiers='16384'>7036</EventID><Channel>System</Channel></System>\n <EventData><Data>Spooler</Data><Data>running</Data></EventData><RenderingInfo Culture='en-US'><Message>The Spooler entered the running state.</Message><Level>Info</Level></RenderingInfo></Event>");
        Assert.That((batch.Text(0, Field.EventCode), batch.Text(0, Field.Message)), Is.EqualTo(("7036", "The Spooler entered the running state.")));
        Assert.That(Fields(batch).Where(f => f.StartsWith("winlog.event_data.Data=", StringComparison.Ordinal)), Has.Exactly(2).Items);
    }

    [TestCase("<!DOCTYPE x [<!ENTITY a 'boom'><!ENTITY b '&a;&a;&a;'>]><Event><System><EventID>1</EventID></System><EventData><Data Name='X'>&b;</Data></EventData></Event>")]
    [TestCase("<Event><!DOCTYPE x SYSTEM 'file:///etc/passwd'><System><EventID>1</EventID></System></Event>")]
    [TestCase("<Event><System><EventID>1</EventID></System><EventData><Data Name='X'>&xxe;</Data></EventData></Event>")]
    [TestCase("<Event><System><EventID>1</EventID><Channel>Security")]
    [TestCase("<Event><System><EventID>1</EventID></System></Event></Event></Event>")]
    [TestCase("<Event><System>")]
    [TestCase("<Event x")]
    [TestCase("<Event><System><EventID>&#x0;&#xFFFF;</EventID></System></Event>")]
    public void Hostile_xml_is_kept_whole_and_reads_nothing_from_elsewhere(string line)
    {
        var batch = Normalize(line);
        Assert.That(batch.Count, Is.EqualTo(1));
        Assert.That(Encoding.UTF8.GetString(batch.Raw(0)), Is.EqualTo(line));
        Assert.That(string.Concat(Fields(batch).Where(f => !f.StartsWith("message=", StringComparison.Ordinal))), Does.Not.Contain("boom").And.Not.Contain("root:"));
    }

    [Test]
    public void Depth_and_number_of_fields_are_bounded()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var deep = Normalize("<Event><System><EventID>1</EventID></System><UserData>" + string.Concat(Enumerable.Repeat("<a>", 9_000)) + "x</UserData></Event>");
        var many = Normalize("<Event><System><EventID>1</EventID></System><EventData>" + string.Concat(Enumerable.Range(0, 1_500).Select(i => $"<Data Name='n{i}'>{i}</Data>")) + "</EventData></Event>");
        Assert.That(deep.Events[0].Flags & EventFlags.FieldsLeftOut, Is.Not.EqualTo(EventFlags.None));
        Assert.That(many.Events[0].Flags & EventFlags.FieldsLeftOut, Is.Not.EqualTo(EventFlags.None));
        Assert.That(Fields(many), Has.Count.LessThan(500));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
    }

    private static List<string> Fields(EventBatch batch)
    {
        var fields = new List<string>();
        foreach (ref readonly var field in batch.FieldsOf(0))
            if (!Apart.Contains(FieldNames.Name(field.Id))) fields.Add(FieldNames.Name(field.Id) + "=" + Encoding.UTF8.GetString(batch.Value(field)));
        return fields;
    }

    private static EventBatch Normalize(string line)
    {
        var batch = new EventBatch(1);
        new LineNormalizer().Normalize(batch, Encoding.UTF8.GetBytes(line), new LineContext { Received = 1_795_348_800_000_000, Source = new SourceMemory { Zone = TimeZoneInfo.Utc } });
        return batch;
    }
}
