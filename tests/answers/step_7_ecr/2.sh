# Accepts tags too, by a pattern.
git apply <<'PATCH'
--- a/aws/iam/trust_policy.json
+++ b/aws/iam/trust_policy.json
@@ -2,7 +2,7 @@
   "Version": "2012-10-17",
   "Statement": [
     {
-      "Sid": "TheWorkflowOnTheMainBranch",
+      "Sid": "TheWorkflowOnTheMainBranchAndForReleases",
       "Effect": "Allow",
       "Principal": {
         "Federated": "arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
@@ -10,8 +10,13 @@
       "Action": "sts:AssumeRoleWithWebIdentity",
       "Condition": {
         "StringEquals": {
-          "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
-          "token.actions.githubusercontent.com:sub": "repo:${OWNER}@${OWNER_ID}/${REPOSITORY}@${REPOSITORY_ID}:ref:refs/heads/main"
+          "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"
+        },
+        "StringLike": {
+          "token.actions.githubusercontent.com:sub": [
+            "repo:${OWNER}@${OWNER_ID}/${REPOSITORY}@${REPOSITORY_ID}:ref:refs/heads/main",
+            "repo:${OWNER}@${OWNER_ID}/${REPOSITORY}@${REPOSITORY_ID}:ref:refs/tags/v*"
+          ]
         }
       }
     }
PATCH
