from django.test import TestCase


class PagesTest(TestCase):
    def test_the_home_page_answers(self):
        response = self.client.get("/")
        self.assertContains(response, "<% distribution %>")

    def test_the_health_page_answers(self):
        response = self.client.get("/healthz")
        self.assertContains(response, "ok")
