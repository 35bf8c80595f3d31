import java.io.*;
import org.apache.maven.artifact.versioning.ComparableVersion;

class CompareMaven {
    public static void main(String[] none) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null; ) {
            String[] pair = line.split("\t", -1);
            int told = new ComparableVersion(pair[0]).compareTo(new ComparableVersion(pair[1]));
            System.out.println(Integer.signum(told));
        }
    }
}
